import { type Plan, plans, type SubscriptionDTO } from "@orbit/catalog";
import { useCan, useMemberIds, useSubscription } from "@orbit/react";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Field, Refusal } from "../components/form.tsx";
import { useCommand } from "../components/use_command.ts";
import { useLanding } from "../components/use_landing.ts";

const route = getRouteApi("/w/$slug");

const descriptions: Record<Plan, readonly [string, string]> = {
  free: ["Free", "For trying it out."],
  team: ["Team", "For people who work together every day."],
  business: ["Business", "For companies of many teams."],
};

export function PlanPage() {
  const subscription = useSubscription();
  if (subscription === null) return null;
  return <Subscription subscription={subscription} />;
}

function Subscription({ subscription }: { subscription: SubscriptionDTO }) {
  const { slug } = route.useParams();
  const mayManage = useCan("billing.manage");
  const members = useMemberIds().length;
  const change = useCommand();
  const choose = (plan: Plan, seats: number) => change.run("PUT", `/workspaces/${slug}/subscription`, { plan, seats });
  const seatCount = useLanding<HTMLSpanElement>(subscription.seats);
  return (
    <section>
      <div className="page-head">
        <h1>Plan</h1>
        <span className="badge">{subscription.status.replaceAll("_", " ")}</span>
      </div>
      <ul className="plans" aria-label="Plans">
        {plans.map((plan) => (
          <PlanCard
            key={plan}
            plan={plan}
            isCurrent={plan === subscription.plan}
            {...(mayManage && { onChoose: () => choose(plan, subscription.seats) })}
          />
        ))}
      </ul>
      <div className="card">
        <h2>Seats</h2>
        <p>
          <span ref={seatCount}>
            {members} of {subscription.seats} seats are taken.
          </span>
          {subscription.currentPeriodEnd && (
            <>
              {" "}
              The term {subscription.cancelAtPeriodEnd ? "ends" : "renews"} on{" "}
              {new Date(subscription.currentPeriodEnd).toLocaleDateString()}.
            </>
          )}
        </p>
        <meter
          min={0}
          max={subscription.seats}
          value={Math.min(members, subscription.seats)}
          aria-label={`${members} of ${subscription.seats} seats taken`}
        />
        {mayManage && (
          <form
            key={subscription.seats}
            className="inline-form"
            onSubmit={(event) => {
              event.preventDefault();
              choose(subscription.plan, Number(new FormData(event.currentTarget).get("seats")));
            }}
          >
            <Field
              label="Seats"
              name="seats"
              type="number"
              min={1}
              max={100_000}
              required
              defaultValue={subscription.seats}
              problem={change.problem}
            />
            <Button type="submit" disabled={change.isRunning}>
              Change seats
            </Button>
          </form>
        )}
        <Refusal problem={change.problem} />
      </div>
    </section>
  );
}

function PlanCard({ plan, isCurrent, onChoose }: { plan: Plan; isCurrent: boolean; onChoose?(): void }) {
  const [name, description] = descriptions[plan];
  const landing = useLanding<HTMLLIElement>(isCurrent);
  return (
    <li ref={landing} className="card plan" data-current={isCurrent} aria-current={isCurrent} aria-label={name}>
      <h2>{name}</h2>
      <p className="quiet">{description}</p>
      {isCurrent ? (
        <span className="badge">Your plan</span>
      ) : (
        onChoose && <Button onClick={onChoose}>Choose {name}</Button>
      )}
    </li>
  );
}

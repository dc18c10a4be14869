import type { SignedInDTO } from "@orbit/catalog";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, configOptions, type DemoAccount, demoPassword } from "../api.ts";
import { Button } from "../components/form.tsx";
import { TopBar } from "../components/top_bar.tsx";
import { type Seat, seated, seats } from "../seat.ts";

const places = [
  ["", "Members"],
  ["/lobby", "Lobby"],
] as const;
type Place = (typeof places)[number][0];

interface PaneProps {
  readonly seat: Seat;
  readonly place: Place;
  readonly accounts: readonly DemoAccount[];
  readonly initial: number;
}

/** Several people's tabs in one window, to see what one does land at the others. Only where there is demo data. */
export function SideBySidePage() {
  const [count, setCount] = useState<2 | 4>(2);
  const [place, setPlace] = useState<Place>("");
  const { data: config } = useQuery(configOptions);
  return (
    <div className="side-by-side-page">
      <TopBar>
        <h1 className="bar-title">Side by side</h1>
        <fieldset className="segmented">
          <legend className="visually-hidden">How many tabs</legend>
          {([2, 4] as const).map((one) => (
            <Button key={one} kind="quiet" aria-pressed={count === one} onClick={() => setCount(one)}>
              {one} tabs
            </Button>
          ))}
        </fieldset>
        <fieldset className="segmented">
          <legend className="visually-hidden">Where</legend>
          {places.map(([one, name]) => (
            <Button key={one} kind="quiet" aria-pressed={place === one} onClick={() => setPlace(one)}>
              {name}
            </Button>
          ))}
        </fieldset>
      </TopBar>
      {config && !config.demo && <p className="empty">This page needs a node that runs with demo data.</p>}
      {config?.demo && (
        <main className="panes" data-count={count}>
          {seats.slice(0, count).map((seat, index) => (
            <Pane key={seat} seat={seat} place={place} accounts={config.demoAccounts} initial={index} />
          ))}
        </main>
      )}
    </div>
  );
}

function Pane({ seat, place, accounts, initial }: PaneProps) {
  const [email, setEmail] = useState((accounts[initial % accounts.length] as DemoAccount).email);
  const account = accounts.find((one) => one.email === email);
  const { isSuccess, error } = useQuery({
    queryKey: ["seat", seat, email],
    queryFn: () => api<SignedInDTO>("POST", "/session", { email, password: demoPassword }, seat),
    staleTime: "static",
    gcTime: 0,
  });
  return (
    <section className="pane" aria-label={`Tab ${seat.toUpperCase()}`}>
      <div className="pane-head">
        <label>
          <span className="visually-hidden">Who sits here</span>
          <select value={email} onChange={(event) => setEmail(event.target.value)}>
            {accounts.map((one) => (
              <option key={one.email} value={one.email}>
                {one.name}, {one.role.toLowerCase()} of {one.workspace}
              </option>
            ))}
          </select>
        </label>
      </div>
      {error && <p role="alert">{error.message}</p>}
      {isSuccess && account && (
        <iframe
          key={`${email} ${place}`}
          title={`${account.name}'s tab`}
          src={seated(`/w/${account.workspace}${place}`, seat)}
        />
      )}
    </section>
  );
}

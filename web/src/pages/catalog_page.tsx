import type { EventDoc, FieldDoc } from "@orbit/catalog";
import { eventDocs, objectDocs } from "@orbit/catalog/docs";
import { Fragment, useState } from "react";
import { Payload } from "../components/payload.tsx";
import { TopBar } from "../components/top_bar.tsx";

/** The event catalog: what the generated reference says, to browse. */
export function CatalogPage() {
  const [filter, setFilter] = useState("");
  const wanted = filter.trim().toLowerCase();
  const shown = eventDocs.filter((doc) => `${doc.type} ${doc.doc}`.toLowerCase().includes(wanted));
  return (
    <>
      <TopBar />
      <div className="workspace">
        <nav className="sections catalog-index" aria-label="Events">
          {shown.map((doc) => (
            <a key={`${doc.direction} ${doc.type}`} href={`#${anchor(doc)}`}>
              <Breakable text={doc.type} />
            </a>
          ))}
        </nav>
        <main id="main">
          <div className="page-head">
            <h1>Event catalog</h1>
            <span className="count">{shown.length}</span>
          </div>
          <p>
            Everything that a node sends to a tab, and all that a tab may send. The types of <code>@orbit/catalog</code>
            , the JSON Schema and the AsyncAPI document are printed from the same declarations.
          </p>
          <div className="inline-form">
            <input
              type="search"
              aria-label="Find an event"
              placeholder="Find an event"
              value={filter}
              onChange={(event) => setFilter(event.target.value)}
            />
          </div>
          {shown.map((doc) => (
            <EventCard key={anchor(doc)} doc={doc} />
          ))}
          <h2>Entities</h2>
          {objectDocs.map((doc) => (
            <article key={doc.name} id={doc.name} className="card">
              <h3>
                <code>{doc.name}</code>
              </h3>
              <p>{doc.doc}</p>
              <Fields fields={doc.fields} />
            </article>
          ))}
        </main>
      </div>
    </>
  );
}

const anchor = (doc: EventDoc) => `${doc.direction}-${doc.type}`;

function EventCard({ doc }: { doc: EventDoc }) {
  return (
    <article id={anchor(doc)} className="card">
      <div className="card-head">
        <h3>
          <code>{doc.type}</code>
        </h3>
        <span className="tag">{doc.direction === "server" ? "to the tab" : "from the tab"}</span>
        {doc.durable && <span className="tag tag-accent">durable</span>}
      </div>
      <p>{doc.doc}</p>
      {doc.channel && (
        <p className="quiet">
          On <code>{doc.channel}</code>
        </p>
      )}
      <Fields fields={doc.fields} />
      <details>
        <summary>Example</summary>
        <Payload value={doc.example} />
      </details>
    </article>
  );
}

function Fields({ fields }: { fields: readonly FieldDoc[] }) {
  if (fields.length === 0) return null;
  return (
    <div className="table-scroll">
      <table className="fields">
        <tbody>
          {fields.map((field) => (
            <tr key={field.name}>
              <th scope="row">
                <code>
                  {field.name}
                  {field.optional && "?"}
                </code>
              </th>
              <td>
                <FieldType type={field.type} />
              </td>
              <td>{field.doc}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A dotted word that may be broken after a dot, and nowhere else. */
function Breakable({ text }: { text: string }) {
  return text.split(/(?<=[._])/).map((part, i, parts) => (
    <Fragment key={i}>
      {part}
      {i < parts.length - 1 && <wbr />}
    </Fragment>
  ));
}

const entities = new Set(objectDocs.map((doc) => doc.name));

function FieldType({ type }: { type: string }) {
  const name = type.match(/\w+DTO/)?.[0];
  return name !== undefined && entities.has(name) ? (
    <a href={`#${name}`}>{type}</a>
  ) : (
    <span className="quiet">{type}</span>
  );
}

import { type ReactNode, useEffect, useRef } from "react";
import { Button } from "./form.tsx";

interface ConfirmProps {
  readonly title: string;
  readonly action: string;
  readonly children: ReactNode;
  onConfirm(): void;
  onCancel(): void;
}

/** Asks before something that can't be undone. Shown while it is mounted; Escape cancels. */
export function Confirm({ title, action, children, onConfirm, onCancel }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="confirm" aria-label={title} onClose={onCancel}>
      <h2>{title}</h2>
      <div>{children}</div>
      <div className="actions">
        <Button onClick={onCancel}>Cancel</Button>
        <Button
          kind="danger"
          onClick={() => {
            onConfirm();
            onCancel();
          }}
        >
          {action}
        </Button>
      </div>
    </dialog>
  );
}

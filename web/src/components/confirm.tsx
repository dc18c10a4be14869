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
  // Closed before it is taken away, so that the keyboard is back where it was; and at once, since the browser's own "close"
  // comes later than the next key may.
  const close = () => {
    dialog.current?.close();
    onCancel();
  };
  return (
    <dialog
      ref={dialog}
      className="confirm"
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClose={onCancel}
    >
      <h2>{title}</h2>
      <div>{children}</div>
      <div className="actions">
        <Button onClick={close}>Cancel</Button>
        <Button
          kind="danger"
          onClick={() => {
            onConfirm();
            close();
          }}
        >
          {action}
        </Button>
      </div>
    </dialog>
  );
}

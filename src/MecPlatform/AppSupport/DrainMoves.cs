using Mano.Mesh.Failures;

namespace Mano.MecPlatform.AppSupport;

/// <summary>The part of the state machine that takes an instance out of service (MEC 011: termination). Pure.</summary>
internal static class DrainMoves
{
    /// <summary>
    /// The MEPM asks to drain. With a timeout, and somebody who listens, the application gets that long; else it goes at
    /// once. Asked again it keeps the first deadline, except that FORCEFUL ends the waiting.
    /// </summary>
    public static ApplicationRecord Asked(
        ApplicationRecord present, long generation, OperationAction action, TimeSpan timeout, bool somebodyListens, DateTimeOffset now)
    {
        var next = present with { Generation = generation };
        if (present.Phase == Phase.Drained)
        {
            return next;
        }

        if (present.Phase == Phase.Draining)
        {
            return timeout > TimeSpan.Zero ? next : Hurried(next, now);
        }

        var waits = timeout > TimeSpan.Zero && present.Endpoint is not null && somebodyListens;
        var deadline = waits ? now + timeout : now;
        var message = waits
            ? $"{action.Spell()}: the application is told and has until {deadline:HH:mm:ss}Z."
            : $"{action.Spell()}: rules are being deactivated.";
        return Moves.Enter(next with { Drain = new(action, now, deadline, Announced: false, Confirmed: false) }, Phase.Draining, message, now);
    }

    /// <summary>The application was told; where nobody could be reached, there is nobody to wait for.</summary>
    public static ApplicationRecord Announced(ApplicationRecord present, DateTimeOffset startedAt, bool reached, DateTimeOffset now)
    {
        if (present is not { Phase: Phase.Draining, Drain: { } drain } || drain.StartedAt != startedAt)
        {
            return present;
        }

        return reached ? present with { Drain = drain with { Announced = true } } : Hurried(present, now);
    }

    /// <summary>
    /// The application says that it has finished (confirm_termination). Refused when nothing was announced, or something
    /// else; repeating the confirmation that was accepted is fine, its first answer may have been lost.
    /// </summary>
    public static ApplicationRecord Confirmed(ApplicationRecord present, OperationAction action, DateTimeOffset now)
    {
        if (present.Drain is { Confirmed: true } done && done.Action == action)
        {
            return present;
        }

        if (present is not { Phase: Phase.Draining, Drain: { } drain } || !drain.IsWaiting(now))
        {
            throw Refused(present, $"no termination of instance {present.AppInstanceId} is pending: it is {present.Phase.Spell()}");
        }

        return drain.Action == action
            ? present with { Drain = drain with { Confirmed = true }, Message = $"{action.Spell()}: confirmed by the application." }
            : throw Refused(present, $"instance {present.AppInstanceId} was told {drain.Action.Spell()}, not {action.Spell()}");
    }

    /// <summary>Nothing is waited for any more.</summary>
    public static ApplicationRecord Hurried(ApplicationRecord present, DateTimeOffset now) =>
        present.Drain is { } drain && drain.Deadline > now ? present with { Drain = drain with { Deadline = now } } : present;

    /// <summary>The deadline has come. A new record, so that it is acted upon, whatever the clock says by then.</summary>
    public static ApplicationRecord Expired(ApplicationRecord present) => present is { Phase: Phase.Draining, Drain: { } drain }
        ? present with { Drain = drain with { Deadline = drain.StartedAt }, Message = $"{drain.Action.Spell()}: the timeout has passed." }
        : present;

    /// <summary>Every rule is inactive.</summary>
    public static ApplicationRecord Drained(ApplicationRecord present, DateTimeOffset now) => present.Phase == Phase.Draining
        ? Moves.Enter(present with { Ready = false, EarlyConfirmation = null, Subscriptions = [] }, Phase.Drained, "Out of service: no rule is active.", now)
        : throw Moves.Illegal(present, "have its drain finished", Phase.Draining);

    private static FailureException Refused(ApplicationRecord present, string why) => Failure.IllegalState(
        "NO_TERMINATION_PENDING",
        $"confirm_termination was refused: {why}. It is accepted between AppTerminationNotification and its timeout, with the same operationAction.",
        present.Subject,
        present.Phase.Spell(),
        Phase.Draining.Spell()).ToException();
}

using Mano.Mesh.State;

namespace Mano.Sagas;

/// <summary>What a caller wants accepted.</summary>
public sealed record NewOperation<TInput>
{
    /// <summary>Chosen by whoever accepts the request (IIdSource); printable ASCII without spaces or slashes.</summary>
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    /// <summary>What it works on; one operation at a time for a subject: <c>app-instance/4f…</c>.</summary>
    public required string Subject { get; init; }

    public required TInput Input { get; init; }

    /// <summary>How long its steps may take before they are undone.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The caller's own keys (holds on capacity, the instance's record, …): committed together with the acceptance, or not at all.</summary>
    public Batch? Together { get; init; }

    /// <summary>If the caller gave one.</summary>
    public IdempotencyKey? Idempotency { get; init; }

    /// <summary>
    /// Names of operations that this one pre-empts: a running one is cancelled and undone, and this one waits for that. With any
    /// other running on the subject, this one is refused.
    /// </summary>
    public IReadOnlyList<string> Preempts { get; init; } = [];

    /// <summary>Names of operations that this one pre-empts once they need attention; while they are at work it is refused.</summary>
    public IReadOnlyList<string> PreemptsStuck { get; init; } = [];

    /// <summary>
    /// Names of operations that this one ends at once, whatever they are doing, and also while another one waits for the subject.
    /// They are not undone: this operation takes away, by id, whatever they may have left.
    /// </summary>
    public IReadOnlyList<string> TakesOver { get; init; } = [];
}

/// <summary>An operation that was accepted now, or before under the same idempotency key.</summary>
/// <param name="Operation">As it is stored.</param>
/// <param name="IsRepeat">Whether this request had been accepted before; then nothing was committed.</param>
public sealed record AcceptedOperation(Stored<OperationRecord> Operation, bool IsRepeat);

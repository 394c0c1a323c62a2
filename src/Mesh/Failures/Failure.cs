namespace Mano.Mesh.Failures;

/// <summary>
/// What went wrong, as a value that can be returned, stored with an operation and sent over the wire
/// (<c>mano.common.v1.Failure</c>). Every message says what was asked, what is wrong and what would be right.
/// </summary>
/// <param name="Kind">Decides the gRPC status and, with <paramref name="Retryable"/>, who acts next.</param>
/// <param name="Reason">A stable word for programs, in UPPER_SNAKE: <c>NO_HOST</c>, <c>VIM_UNREACHABLE</c>.</param>
/// <param name="Message">One sentence for people.</param>
/// <param name="Subject">What it is about: <c>app-instance/4f…</c>, a file, a flag; empty if nothing in particular.</param>
/// <param name="Retryable">Whether asking again, unchanged, may succeed.</param>
public sealed record Failure(FailureKind Kind, string Reason, string Message, string Subject = "", bool Retryable = false)
{
    /// <summary>Every fault of a refused input, each at its path; empty when there is one cause only.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    /// <summary>How many more there are that had no room where this came from (a gRPC status); the record of what was refused has them.</summary>
    public int FaultsLeftOut { get; init; }

    /// <summary>With <see cref="FailureKind.IllegalState"/>: the state the subject is in, as the API spells it.</summary>
    public string? CurrentState { get; init; }

    /// <summary>With <see cref="FailureKind.IllegalState"/>: the states in which the request would have been accepted.</summary>
    public IReadOnlyList<string> AllowedStates { get; init; } = [];

    public static Failure InvalidInput(string reason, string message, string subject = "") =>
        new(FailureKind.InvalidInput, reason, message, subject);

    /// <summary>A refused input with all its faults.</summary>
    public static Failure InvalidInput(string reason, string message, string subject, IReadOnlyList<Fault> faults) =>
        new(FailureKind.InvalidInput, reason, message, subject) { Faults = faults };

    public static Failure NotFound(string reason, string message, string subject = "") =>
        new(FailureKind.NotFound, reason, message, subject);

    public static Failure AlreadyExists(string reason, string message, string subject = "") =>
        new(FailureKind.AlreadyExists, reason, message, subject);

    /// <summary>A request refused by a state machine; names the present state and the ones that would do.</summary>
    public static Failure IllegalState(string reason, string message, string subject, string current, params IReadOnlyList<string> allowed) =>
        new(FailureKind.IllegalState, reason, message, subject) { CurrentState = current, AllowedStates = allowed };

    /// <summary>Lost against somebody else; asking again may succeed.</summary>
    public static Failure Conflict(string reason, string message, string subject = "") =>
        new(FailureKind.Conflict, reason, message, subject, Retryable: true);

    public static Failure NoCapacity(string reason, string message, string subject = "") =>
        new(FailureKind.NoCapacity, reason, message, subject);

    public static Failure Forbidden(string reason, string message, string subject = "") =>
        new(FailureKind.Forbidden, reason, message, subject);

    public static Failure Unavailable(string reason, string message, string subject = "") =>
        new(FailureKind.Unavailable, reason, message, subject, Retryable: true);

    public static Failure DeadlineExceeded(string reason, string message, string subject = "") =>
        new(FailureKind.DeadlineExceeded, reason, message, subject, Retryable: true);

    public static Failure Cancelled(string reason, string message, string subject = "") =>
        new(FailureKind.Cancelled, reason, message, subject);

    public static Failure Unimplemented(string reason, string message, string subject = "") =>
        new(FailureKind.Unimplemented, reason, message, subject);

    public static Failure Internal(string reason, string message, string subject = "") =>
        new(FailureKind.Internal, reason, message, subject);

    /// <summary>What an exception means. A <see cref="FailureException"/> gives its own; anything unknown is a bug: Internal, not retryable.</summary>
    public static Failure From(Exception exception) => exception switch
    {
        FailureException known => known.Failure,
        Grpc.Core.RpcException answered => answered.ToFailure(),
        OperationCanceledException => Cancelled("CANCELLED", "The work was called off before it finished."),
        TimeoutException => DeadlineExceeded("TIMEOUT", exception.Message),
        HttpRequestException or System.Net.Sockets.SocketException => Unavailable("UNREACHABLE", exception.Message),
        _ => Internal("BUG", $"{exception.GetType().Name}: {exception.Message}"),
    };

    /// <summary>This failure as an exception, for the borders where a value cannot travel.</summary>
    public FailureException ToException() => new(this);

    public override string ToString() => Subject.Length == 0 ? $"{Reason}: {Message}" : $"{Reason} ({Subject}): {Message}";
}

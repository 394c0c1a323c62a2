namespace Mano.Mesh.Failures;

/// <summary>
/// Carries a <see cref="Failure"/> across a border that has no room for a value: out of a gRPC method, an async
/// enumerable or an effect. Inside a capability, return an <see cref="Outcome{T}"/> instead.
/// </summary>
public sealed class FailureException(Failure failure, Exception? cause = null) : Exception(failure.ToString(), cause)
{
    public Failure Failure { get; } = failure;
}

using Mano.Mesh.State;
using Mano.Sagas;

namespace Mano.Testing.Operations;

/// <summary>What a contract test needs to know of an operation: one fresh world for every injected run.</summary>
public sealed record OperationWorld<TOperation, TInput>
    where TOperation : IOperation<TInput>
{
    /// <summary>The operation, with its collaborators of this world. They outlive the crashes of the process.</summary>
    public required TOperation Operation { get; init; }

    public required TInput Input { get; init; }

    public string Subject { get; init; } = "app-instance/a1";

    /// <summary>The caller's keys of the accepting commit.</summary>
    public Batch? Together { get; init; }

    /// <summary>Asked when the operation was undone; every answer must be yes: <c>("NoComputeFor", () => …)</c>.</summary>
    public required IReadOnlyList<Question> CleanSlate { get; init; }

    /// <summary>Asked when the operation completed; every answer must be yes.</summary>
    public required IReadOnlyList<Question> Done { get; init; }
}

/// <summary>A question with a name that a red test prints.</summary>
public sealed record Question(string Name, Func<Task<bool>> Ask)
{
    public Question(string name, Func<bool> ask)
        : this(name, () => Task.FromResult(ask()))
    {
    }
}

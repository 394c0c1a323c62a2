using System.Text.Json.Serialization.Metadata;

namespace Mano.Sagas;

/// <summary>
/// A durable operation: a table of steps, read top to bottom. One object serves all its runs, so it holds collaborators and no
/// state of a run. docs/how-to/add-an-operation.md is the checklist.
/// </summary>
public interface IOperation<TInput>
{
    /// <summary>Stored with running operations, so it is never reused; a changed table gets a new name: <c>app-instance.instantiate.v1</c>.</summary>
    static abstract string Name { get; }

    /// <summary>How the input is stored.</summary>
    static abstract JsonTypeInfo<TInput> InputType { get; }

    /// <summary>Writes the table. Called once, when the process starts.</summary>
    void Describe(SagaBuilder<TInput> saga);
}

using System.Text.Json.Serialization.Metadata;

namespace Mano.Sagas;

/// <summary>Names a step and says what its output is; <c>c.Output(Placed)</c> then needs no cast.</summary>
/// <param name="Name">Stored with running operations and shown to people: <c>capacity</c>. Never reused for something else.</param>
/// <param name="Type">How the output is written.</param>
public sealed record StepKey<T>(string Name, JsonTypeInfo<T> Type);

/// <summary>Makes keys of steps whose output is only that they are done.</summary>
public static class StepKey
{
    public static StepKey<Done> Plain(string name) => new(name, SagaJson.Default.Done);
}

/// <summary>The output of a step that has none.</summary>
public sealed record Done
{
    public static readonly Done It = new();
}

using System.Text.Json.Serialization;

namespace Mano.Cli.Demo;

/// <summary>The answer of <c>mano demo --output json</c>.</summary>
/// <param name="Clean">Whether nothing was left.</param>
/// <param name="Left">What was left, a sentence each.</param>
internal sealed record DemoDocument(bool Clean, double ElapsedMs, IReadOnlyList<string> Left);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(DemoDocument))]
internal sealed partial class DemoJson : JsonSerializerContext;

using System.Text.Json.Serialization;

namespace Mano.Cli.Demo;

/// <summary>The answer of <c>mano demo --output json</c>.</summary>
/// <param name="Clean">Whether nothing was left.</param>
/// <param name="Left">What was left, a sentence each.</param>
internal sealed record DemoDocument(bool Clean, double ElapsedMs, IReadOnlyList<string> Left);

/// <summary>The answer of <c>mano demo --real --output json</c>.</summary>
/// <param name="Clean">Whether everything was proved and nothing was left.</param>
/// <param name="Left">What was left or did not hold, a sentence each.</param>
/// <param name="Requests">Of the user, and who answered them.</param>
/// <param name="Proofs">What was looked at.</param>
internal sealed record RealDemoDocument(bool Clean, double ElapsedMs, IReadOnlyList<string> Left, RealEdge.RequestCounts Requests, IReadOnlyList<Proof> Proofs);

/// <summary>One thing that must hold.</summary>
/// <param name="Text">"no request was lost".</param>
/// <param name="Found">What was found instead; null where it holds.</param>
internal sealed record Proof(string Text, string? Found)
{
    public bool Holds => Found is null;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(DemoDocument))]
[JsonSerializable(typeof(RealDemoDocument))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class DemoJson : JsonSerializerContext;

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Google.Protobuf;
using Mano.Mesh.Failures;

namespace Mano.Cli.Terminal;

/// <summary>
/// <c>--output json</c>: one document on standard output. What came over the wire is printed in protobuf's canonical
/// JSON, so its names are those of protos/ and as stable as they are; the rest is the records below.
/// </summary>
internal static class Documents
{
    private static readonly JsonFormatter Wire = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithIndentation());

    private static readonly JsonFormatter Sparse = new(JsonFormatter.Settings.Default.WithIndentation());

    public static string Of(IMessage message) => Wire.Format(message);

    /// <summary>Without what is not set: of what nobody asked for, nothing is said.</summary>
    public static string OnlySet(IMessage message) => Sparse.Format(message);

    /// <summary>Quotes and plus signs as they are: no browser reads this.</summary>
    public static string Of<T>(T value, JsonTypeInfo<T> type)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            JsonSerializer.Serialize(json, value, type);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    public static string Of(Failure failure) => Of(
        new FailureDocument(new FailureBody(
            failure.Reason, failure.Message, failure.Subject, failure.Retryable,
            [.. failure.Faults.Select(FaultBody.Of)], failure.FaultsLeftOut,
            failure.CurrentState, failure.AllowedStates)),
        DocumentJson.Default.FailureDocument);
}

/// <summary>What stands on standard output when a verb failed.</summary>
internal sealed record FailureDocument(FailureBody Failure);

internal sealed record FailureBody(
    string Reason, string Message, string Subject, bool Retryable, IReadOnlyList<FaultBody> Faults, int FaultsLeftOut, string? CurrentState, IReadOnlyList<string> AllowedStates);

/// <param name="Severity"><c>error</c> or <c>warning</c>.</param>
internal sealed record FaultBody(string Path, string Message, string Severity)
{
    public static FaultBody Of(Fault fault) => new(fault.Path, fault.Message, fault.Severity == FaultSeverity.Error ? "error" : "warning");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(FailureDocument))]
internal sealed partial class DocumentJson : JsonSerializerContext;

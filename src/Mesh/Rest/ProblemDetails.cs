using System.Text.Json.Serialization;
using Mano.Mesh.Failures;
using Microsoft.AspNetCore.WebUtilities;

namespace Mano.Mesh.Rest;

/// <summary>RFC 7807.</summary>
/// <param name="Type">A URI that names the kind of problem; <c>about:blank</c>: the title says it.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What was asked, what is wrong, and what would be right.</param>
/// <param name="Instance">The URI that was asked for; null for a problem that is told about later.</param>
/// <param name="Reason">Ours beyond the RFC: a stable word for programs, as gRPC's details carry it.</param>
public sealed record ProblemDetails(string Type, string Title, int Status, string Detail, string? Instance, string? Reason = null)
{
    /// <summary>Of a status and a sentence.</summary>
    public static ProblemDetails Of(int status, string detail, string? instance, string? reason = null) =>
        new("about:blank", ReasonPhrases.GetReasonPhrase(status), status, detail, instance, reason);

    /// <summary>Of a failure.</summary>
    public static ProblemDetails Of(Failure failure, string? instance = null) => Of(failure, RestFailures.StatusOf(failure), instance);

    /// <summary>The same with a status of its own.</summary>
    internal static ProblemDetails Of(Failure failure, int status, string? instance) =>
        Of(status, RestFailures.Sentence(failure), instance, failure.Reason);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProblemDetails))]
internal sealed partial class ProblemJson : JsonSerializerContext;

using System.Text.Json.Serialization;

namespace Mano.VimAdapters.OpenStack.Keystone;

// The part of the Identity API v3 that is used, spelled as it is there.

internal sealed record AuthRequest(AuthBody Auth);

internal sealed record AuthBody(AuthIdentity Identity, AuthScope? Scope);

internal sealed record AuthIdentity(IReadOnlyList<string> Methods)
{
    public AuthPassword? Password { get; init; }

    [JsonPropertyName("application_credential")]
    public AuthCredential? ApplicationCredential { get; init; }
}

internal sealed record AuthPassword(AuthUser User);

internal sealed record AuthUser
{
    public string? Id { get; init; }

    public string? Name { get; init; }

    public AuthNamed? Domain { get; init; }

    public string? Password { get; init; }
}

internal sealed record AuthCredential(string Id, string Secret);

internal sealed record AuthScope(AuthProject Project);

internal sealed record AuthProject
{
    public string? Id { get; init; }

    public string? Name { get; init; }

    public AuthNamed? Domain { get; init; }
}

internal sealed record AuthNamed(string Name);

internal sealed record TokenAnswer(TokenBody Token);

internal sealed record TokenBody
{
    [JsonPropertyName("expires_at")]
    public DateTimeOffset ExpiresAt { get; init; }

    public IdName? Project { get; init; }

    public IdName? User { get; init; }

    public IReadOnlyList<IdName> Roles { get; init; } = [];

    public IReadOnlyList<CatalogueEntry> Catalog { get; init; } = [];
}

internal sealed record IdName(string Id, string? Name);

internal sealed record CatalogueEntry(string Type, string? Name, IReadOnlyList<CatalogueEndpoint> Endpoints);

internal sealed record CatalogueEndpoint
{
    public string Interface { get; init; } = "";

    public string? Region { get; init; }

    [JsonPropertyName("region_id")]
    public string? RegionId { get; init; }

    public string Url { get; init; } = "";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuthRequest))]
[JsonSerializable(typeof(TokenAnswer))]
internal sealed partial class KeystoneJson : JsonSerializerContext;

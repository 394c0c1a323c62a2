using System.Text.Json.Serialization;

namespace Mano.VimAdapters.OpenStack.Glance;

// The part of the Image API v2 that is used, spelled as it is there.

internal sealed record ImageList(IReadOnlyList<ImageDetails> Images)
{
    public string? Next { get; init; }
}

/// <summary>An image, with the properties that are ours.</summary>
internal sealed record ImageDetails
{
    public string Id { get; init; } = "";

    public string? Name { get; init; }

    /// <summary>queued, saving, active, killed, deleted, pending_delete, deactivated, uploading, importing.</summary>
    public string Status { get; init; } = "";

    public long? Size { get; init; }

    public string? Visibility { get; init; }

    public string? DiskFormat { get; init; }

    public long MinDisk { get; init; }

    public long MinRam { get; init; }

    [JsonPropertyName("os_hash_algo")]
    public string? HashAlgorithm { get; init; }

    [JsonPropertyName("os_hash_value")]
    public string? HashValue { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyName("mano_site")]
    public string? Site { get; init; }

    [JsonPropertyName("mano_digest")]
    public string? Digest { get; init; }

    [JsonPropertyName("mano_format")]
    public string? Format { get; init; }

    [JsonPropertyName("mano_name")]
    public string? GivenName { get; init; }
}

internal sealed record CreateImage
{
    public required string Name { get; init; }

    public required string DiskFormat { get; init; }

    public string ContainerFormat { get; init; } = "bare";

    public string Visibility { get; init; } = "private";

    [JsonPropertyName("mano_site")]
    public required string Site { get; init; }

    [JsonPropertyName("mano_digest")]
    public required string Digest { get; init; }

    [JsonPropertyName("mano_format")]
    public required string Format { get; init; }

    [JsonPropertyName("mano_name")]
    public required string GivenName { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImageList))]
[JsonSerializable(typeof(ImageDetails))]
[JsonSerializable(typeof(CreateImage))]
internal sealed partial class GlanceJson : JsonSerializerContext;

using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Mano.Packages.AppD;

/// <summary>The descriptor as JSON in MEC 010-2's attribute names: what is stored, and what a reader reads again.</summary>
public static class AppDescriptorJson
{
    /// <summary>The attributes by their names, for those who choose among them.</summary>
    public static JsonTypeInfo Type => AppDJsonContext.Default.AppDescriptor;

    /// <summary>Absent attributes are left out; empty lists are kept.</summary>
    public static string Serialize(AppDescriptor descriptor) =>
        JsonSerializer.Serialize(descriptor, AppDJsonContext.Default.AppDescriptor);

    /// <exception cref="JsonException">The text is not what <see cref="Serialize"/> writes.</exception>
    public static AppDescriptor Deserialize(string json) =>
        JsonSerializer.Deserialize(json, AppDJsonContext.Default.AppDescriptor)
        ?? throw new JsonException("An application descriptor was expected, the text says null.");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AppDescriptor))]
internal sealed partial class AppDJsonContext : JsonSerializerContext;

using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using Wire = Mano.Site.V1;

namespace Mano.Meo.Sites;

/// <summary>
/// The rules' real state, passed on as the site reported it: nobody in the MEO decides anything by it, so it is carried
/// whole rather than taken apart. Stored as the JSON that protobuf defines for it.
/// </summary>
[JsonConverter(typeof(ReportedRulesConverter))]
internal sealed class ReportedRules(Wire.AppInstance rules)
{
    public static ReportedRules None { get; } = new(new());

    /// <summary>A message of which only the two lists of rules are filled.</summary>
    public Wire.AppInstance Rules { get; } = rules;

    public static ReportedRules Of(Wire.AppInstance reported) => reported.TrafficRules.Count == 0 && reported.DnsRules.Count == 0
        ? None
        : new(new() { TrafficRules = { reported.TrafficRules }, DnsRules = { reported.DnsRules } });
}

internal sealed class ReportedRulesConverter : JsonConverter<ReportedRules>
{
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    public override ReportedRules Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var parsed = JsonDocument.ParseValue(ref reader);
        return new(Parser.Parse<Wire.AppInstance>(parsed.RootElement.GetRawText()));
    }

    public override void Write(Utf8JsonWriter writer, ReportedRules value, JsonSerializerOptions options) =>
        writer.WriteRawValue(JsonFormatter.Default.Format(value.Rules));
}

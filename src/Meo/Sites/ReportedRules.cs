using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using Wire = Mano.Site.V1;

namespace Mano.Meo.Sites;

/// <summary>
/// The rules' real state, passed on as the site reported it: nobody in the MEO decides anything by it, so it is carried
/// whole rather than taken apart. Stored as the JSON that protobuf defines for it, and read from it when somebody asks.
/// </summary>
[JsonConverter(typeof(ReportedRulesConverter))]
internal sealed class ReportedRules
{
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    private Wire.AppInstance? rules;
    private string? text;

    private ReportedRules(Wire.AppInstance rules) => this.rules = rules;

    private ReportedRules(string text) => this.text = text;

    public static ReportedRules None { get; } = new(new Wire.AppInstance());

    /// <summary>A message of which only the two lists of rules are filled.</summary>
    public Wire.AppInstance Rules => rules ??= Parser.Parse<Wire.AppInstance>(text);

    /// <summary>The message as JSON.</summary>
    public string Text => text ??= JsonFormatter.Default.Format(rules);

    public static ReportedRules OfText(string text) => text == None.Text ? None : new(text);

    public static ReportedRules Of(Wire.AppInstance reported) => reported.TrafficRules.Count == 0 && reported.DnsRules.Count == 0
        ? None
        : new(new Wire.AppInstance() { TrafficRules = { reported.TrafficRules }, DnsRules = { reported.DnsRules } });
}

internal sealed class ReportedRulesConverter : JsonConverter<ReportedRules>
{
    public override ReportedRules Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var parsed = JsonDocument.ParseValue(ref reader);
        return ReportedRules.OfText(parsed.RootElement.GetRawText());
    }

    public override void Write(Utf8JsonWriter writer, ReportedRules value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Text);
}

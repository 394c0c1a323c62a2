using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Mano.VimAdapters.Registration;

/// <summary>What a person is told of a setting: its kind, what holds without it, and the first sentence of its documentation.</summary>
internal static partial class SettingTexts
{
    private static readonly Lazy<Dictionary<string, XElement>> Documented = new(ReadDocumentation);

    public static string TypeOf(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return type == typeof(string) || type == typeof(Uri) ? "text"
            : type == typeof(bool) ? "yes or no"
            : type == typeof(TimeSpan) ? "duration"
            : type.IsPrimitive || type == typeof(decimal) ? "number"
            : type.IsEnum ? string.Join("|", Enum.GetNames(type))
            : typeof(IEnumerable).IsAssignableFrom(type) ? "list"
            : "group";
    }

    /// <summary>Empty where nothing holds, or where it is nothing that fits in a word.</summary>
    public static string DefaultOf(PropertyInfo property, object options) => property.GetValue(options) switch
    {
        null => "",
        bool value => value ? "true" : "false",
        string text => text,
        Enum word => word.ToString(),
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        IFormattable number when property.PropertyType.IsPrimitive || Nullable.GetUnderlyingType(property.PropertyType)?.IsPrimitive == true => number.ToString(null, CultureInfo.InvariantCulture),
        _ => "",
    };

    /// <summary>From the documentation beside the assembly; empty where that was not delivered.</summary>
    public static string DescriptionOf(PropertyInfo property) =>
        Documented.Value.TryGetValue($"P:{property.DeclaringType!.FullName}.{property.Name}", out var summary) ? Spaces().Replace(TextOf(summary), " ").Trim() : "";

    private static string TextOf(XElement element) => string.Concat(element.Nodes().Select(node => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" or "paramref" } see => Named(see),
        XElement inner => TextOf(inner),
        _ => "",
    }));

    private static string Named(XElement see) => ((string?)see.Attribute("cref") ?? (string?)see.Attribute("name") ?? (string?)see.Attribute("langword") ?? "").Split('(')[0].Split('.')[^1];

    private static Dictionary<string, XElement> ReadDocumentation()
    {
        try
        {
            var path = Path.Combine(AppContext.BaseDirectory, typeof(SettingTexts).Assembly.GetName().Name + ".xml");
            return XDocument.Load(path).Descendants("member")
                .Where(m => m.Attribute("name") is not null && m.Element("summary") is not null)
                .ToDictionary(m => m.Attribute("name")!.Value, m => m.Element("summary")!, StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or XmlException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}

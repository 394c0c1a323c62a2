using System.Text.Json.Serialization;

namespace Mano.Cli.Doctor;

/// <summary>What one check found.</summary>
/// <param name="What">What was looked at: "cgroups".</param>
/// <param name="Seen">What was seen.</param>
/// <param name="Meaning">What that means for mano; empty when all is well.</param>
/// <param name="Mend">What to do about it; empty when all is well.</param>
internal sealed record Finding(Verdict Verdict, string What, string Seen, string Meaning = "", string Mend = "")
{
    public static Finding Ok(string what, string seen) => new(Verdict.Ok, what, seen);

    public static Finding Warn(string what, string seen, string meaning, string mend) => new(Verdict.Warn, what, seen, meaning, mend);

    public static Finding Fail(string what, string seen, string meaning, string mend) => new(Verdict.Fail, what, seen, meaning, mend);
}

/// <summary>How grave it is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
internal enum Verdict
{
    /// <summary>As it should be.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>mano works, with less than it could.</summary>
    [JsonStringEnumMemberName("warn")]
    Warn,

    /// <summary>mano does not work here before this is mended.</summary>
    [JsonStringEnumMemberName("fail")]
    Fail,
}

/// <summary>The answer of <c>mano doctor --output json</c>.</summary>
internal sealed record DoctorDocument(Verdict Verdict, IReadOnlyList<Finding> Findings);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(DoctorDocument))]
internal sealed partial class DoctorJson : JsonSerializerContext;

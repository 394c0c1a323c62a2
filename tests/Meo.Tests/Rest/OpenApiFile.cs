using System.Text.RegularExpressions;
using Mano.Testing;

namespace Mano.Meo.Tests.Rest;

/// <summary>
/// One OpenAPI file of the standard, with what is known to be wrong in it put right: a correction that no longer applies fails the test.
/// Every correction but those of responses that are not listed makes the file say more, or otherwise what the standard's text says.
/// </summary>
internal sealed class OpenApiFile
{
    /// <summary>
    /// Of the files of 2026, which are made by a machine.
    /// </summary>
    private static readonly Correction[] Machine =
    [
        new("one object is described as an object with an object of its type's name in it", @"type: object\n\s+properties:\n\s+(\w+):\n\s+\$ref: ('#/components/schemas/\1')", "$$ref: $2"),
        new("no body, or a file, is described as a JSON object", @"\n\s+content:\n\s+application/json:\n\s+schema:\n\s+type: object\n\s+properties: \{\}(?=\n)", ""),
        new("an enum has a placeholder for its members", @"\n\s+enum:\n\s+- SEE_DESCRIPTION", ""),
        new("409 is not listed, which the file of 2021 has", @"('404':\n(\s+)\$ref: '#/components/responses/)404'", "${1}404'\n        '409':\n${2}$$ref: '#/components/responses/409'"),
    ];

    private static readonly Correction[] Hand2021Lcm =
    [
        new("INSTANTIATE has a letter less", "INSTATIATE", "INSTANTIATE"),
        new("a JSON object is described as a ZIP archive", @"application/zip:(\s+schema:\s+\$ref: '#/components/schemas/AppInstanceInfo')", "application/json:$1"),
        new("the parameters of an operation are described as its name", @"(OperationParams:\n(?:.*\n){2}\s+)type: string\n\s+enum:\n\s+- INSTANTIATE\n\s+- OPERATE\n\s+- TERMINATE", "$1type: object"),
    ];

    private static readonly Correction[] Hand2021Pkgm =
    [
        new("one package that was created is described as many", @"('201':\n.*\n.*\n.*\n\s+schema:\n\s+)type: array\n\s+items:\n\s+(\$ref: '#/components/schemas/AppPkgInfo')", "$1$2"),
        new("a text is described as a JSON object", @"text/plain:\n\s+schema:\n\s+\$ref: '#/components/schemas/AppD'", "text/plain: {}"),
        new("an archive is described as a JSON object", @"application/zip:\n\s+schema:\n\s+\$ref: '#/components/schemas/AppD'", "application/zip: {}"),
        new("subscriptionType is misspelled", "subsctiptionType", "subscriptionType"),
        new("operationalState is called operationState", "operationState", "operationalState"),
        new("409 of DELETE is not listed", @"(delete:(?:.*\n)+?\s+'406':\n(\s+)\$ref: '#/components/responses/)406'", "${1}406'\n        '409':\n${2}$$ref: '#/components/responses/409'"),
    ];

    private OpenApiFile(string path) => Path = path;

    /// <summary>The corrected copy.</summary>
    public string Path { get; }

    /// <summary>Everything that it describes, method and path.</summary>
    public IReadOnlyList<(string Method, string Template)> Operations => field ??= [.. ReadOperations()];

    /// <summary>Which of its paths a path is; null if it is none.</summary>
    public string? TemplateOf(string method, string path) => Operations.Where(o => o.Method == method).Select(o => o.Template)
        .Where(t => Regex.IsMatch(path, "^" + Regex.Replace(t, @"\{\w+\}", "[^/]+") + "$")).OrderBy(t => t.Count(c => c == '{')).FirstOrDefault();

    public static OpenApiFile Lcm2021(TempFolder folder) => Read(folder, "lcm2021", Hand2021Lcm, "mec-forge-2021", "gs010-2-v2.1.1", "MEC010-2_AppLcm.yaml");

    public static OpenApiFile Pkgm2021(TempFolder folder) => Read(folder, "pkgm2021", Hand2021Pkgm, "mec-forge-2021", "gs010-2-v2.1.1", "MEC010-2_AppPkgMgmt.yaml");

    public static OpenApiFile Lcm2026(TempFolder folder) => Read(
        folder,
        "lcm2026",
        [.. Machine, new("the parameters of every operation are described as those of an instantiation", @"(operationParams:\n(?:\s+description:(?:.*\n)+?)?\s+)\$ref: '#/components/schemas/InstantiateAppRequest'", "$1type: object")],
        "mec-forge-2026", "MEC01002_AppLcm.yaml");

    public static OpenApiFile Pkgm2026(TempFolder folder) => Read(
        folder,
        "pkgm2026",
        [
            .. Machine,
            new("an image is described as having itself inside, without end", @"(swImage:\n\s+)\$ref: '#/components/schemas/SwImageDesc'", "$1type: object"),
            new("one of two kinds of addresses is described", @"(enum:\n\s+- IP_V4\n)(?!\s+- IP_V6)", "$1          - IP_V6\n"),
            new("a value is described as an object", @"(KeyValuePairs:\n\s+type: object\n\s+additionalProperties):\n\s+type: object", "$1: true"),
            new("an id of the author's is described as a UUID", @"\n\s+format: uuid", ""),
        ],
        "mec-forge-2026", "MEC01002_AppPkgMgmt.yaml");

    public static OpenApiFile Grant2021(TempFolder folder) => Read(folder, "grant2021", [], "mec-forge-2021", "gs010-2-v2.1.1", "MEC010-2_AppGrant.yaml");

    public static OpenApiFile Grant2026(TempFolder folder) => Read(folder, "grant2026", Machine, "mec-forge-2026", "MEC01002_AppGrant.yaml");

    private IEnumerable<(string, string)> ReadOperations()
    {
        using var text = File.OpenText(Path);
        var paths = new YamlDotNet.Serialization.Deserializer().Deserialize<Dictionary<string, object>>(text)["paths"];
        foreach (var (path, item) in (Dictionary<object, object>)paths)
        {
            foreach (var method in ((Dictionary<object, object>)item).Keys.Select(k => ((string)k).ToUpperInvariant()).Where(m => m is "GET" or "POST" or "PUT" or "PATCH" or "DELETE"))
            {
                yield return (method, (string)path);
            }
        }
    }

    private static OpenApiFile Read(TempFolder folder, string name, IReadOnlyList<Correction> corrections, params string[] path)
    {
        var text = File.ReadAllText(SharedInput.File(["etsi", "openapi", .. path]));
        foreach (var correction in corrections)
        {
            Assert.True(Regex.IsMatch(text, correction.Wrong), $"{path[^1]} has no such fault any more: {correction.Why}");
            text = Regex.Replace(text, correction.Wrong, correction.Right);
        }

        var copy = folder.File(name + ".yaml");
        File.WriteAllText(copy, text);
        return new(copy);
    }

    private sealed record Correction(string Why, string Wrong, string Right);
}

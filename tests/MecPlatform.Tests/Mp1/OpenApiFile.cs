using System.Text.RegularExpressions;
using Mano.Testing;

namespace Mano.MecPlatform.Tests.Mp1;

/// <summary>
/// A published OpenAPI description of MEC 011, with what its machine-made parts lost put back from its own text, so that a
/// validator has something to check: real members of enums, bodies that are not wrapped in an object of their own name,
/// the answers that the tables of the standard list. Each repair says what was wrong; one that finds nothing fails.
/// </summary>
internal static class OpenApiFile
{
    /// <summary>v2.1.1 (2021, written by hand) or v3.1.1 (2026, made by a machine).</summary>
    public static string Write(string edition, string api, TempFolder folder)
    {
        var text = File.ReadAllText(SharedInput.File([.. "etsi/openapi".Split('/'), .. (edition == "2021" ? "mec-forge-2021/gs011" : "mec-forge-2026").Split('/'), api + ".yaml"]));
        text = edition == "2021" ? Repaired2021(text) : Repaired2026(text);
        var notification = api == "MecAppSupportApi" ? "AppTerminationNotification" : "ServiceAvailabilityNotification";
        text = Replaced(text, @"^paths:\n", $"paths:\n{Told(notification)}", "nothing: the notification as a request, so that it is checked like one");
        var path = folder.File($"{api}-{edition}.yaml");
        File.WriteAllText(path, text);
        return path;
    }

    private static string Repaired2021(string text) => text.Contains("EndPointInfo.Uris", StringComparison.Ordinal)
        ? Replaced(
            text, @"oneOf:\n\s+- type: object\n\s+- type: object\n\s+description: New ServiceInfo", "$ref: '#/components/schemas/ServiceInfo'\n              description: New ServiceInfo",
            "oneOf two equal objects, which allows none")
        : text;

    private static string Repaired2026(string text)
    {
        text = Replaced(
            text, @"schema:\n( +)type: object\n +properties:\n +\w+:\n +\$ref: '(#/components/schemas/\w+)'\n", "schema:\n$1$ref: '$2'\n", "bodies are wrapped in an object of their own name");
        text = Regex.Replace(text, @"\n +content:\n +application/json:\n +schema:\n +type: object\n +properties: \{\}\n", "\n"); // a 204 has no body
        foreach (var (name, members) in Members.Where(m => text.Contains($" {m.Key}:\n", StringComparison.Ordinal)))
        {
            text = Regex.Replace(text, $@"( {name}:\n +type: string\n( +)enum:\n)(?: +- \w+\n)+", m => m.Groups[1].Value + string.Concat(members.Split(' ').Select(v => $"{m.Groups[2].Value}- {v}\n")));
        }

        Assert.DoesNotMatch(@"(filterType|state|action|ipAddressType|interfaceType|tunnelType|operationAction|changeType):\n +type: string\n +enum:\n +- SEE_DESCRIPTION", text);
        if (text.Contains("TimingCaps:", StringComparison.Ordinal))
        {
            text = Replaced(text, @"type: array\n( +)format: uint32\n +items:\n +\$ref: '#/components/schemas/Uint32'", "type: integer\n$1format: uint32", "numbers are arrays of numbers");
            text = Replaced(text, @"description: '1'\n( +)type: array\n +items:\n +type: string", "type: string", "texts are arrays of texts");
            text = Replaced(text, @"timeStamp:\n( +)type: array\n +items:\n +\$ref: '#/components/schemas/TimeStamp'", "timeStamp:\n$1$ref: '#/components/schemas/TimeStamp'", "timeStamp is 0..1");
            return Replaced(
                text, @"responses:\n        '401':", "responses:\n        '204':\n          $ref: '#/components/responses/204'\n        '409':\n          $ref: '#/components/responses/409'\n        '401':",
                "confirm_ready and confirm_termination list no success and no conflict");
        }

        text = Replaced(text, @"(      - serializer\n)      - _links\n", "$1", "_links are required of requests, in which they must be absent");
        return Replaced(
            text, @"  /resource_uri_allocated_by_MEC_platform:\n",
            "  /liveness/{serviceId}:\n    parameters:\n    - name: serviceId\n      in: path\n      required: true\n      schema:\n        type: string\n",
            "nothing: where our platform puts it");
    }

    private static readonly Dictionary<string, string> Members = new()
    {
        ["filterType"] = "FLOW PACKET",
        ["action"] = "DROP FORWARD_DECAPSULATED FORWARD_ENCAPSULATED PASSTHROUGH DUPLICATE_DECAPSULATED DUPLICATE_ENCAPSULATED",
        ["state"] = "ACTIVE INACTIVE",
        ["ipAddressType"] = "IP_V4 IP_V6",
        ["interfaceType"] = "TUNNEL MAC IP",
        ["tunnelType"] = "GTP_U GRE",
        ["timeSourceStatus"] = "TRACEABLE NONTRACEABLE",
        ["operationAction"] = "STOPPING TERMINATING",
        ["changeType"] = "ADDED REMOVED STATE_CHANGED ATTRIBUTES_CHANGED",
    };

    private static string Told(string notification) =>
        $"  /told:\n    post:\n      requestBody:\n        required: true\n        content:\n          application/json:\n            schema:\n              $ref: '#/components/schemas/{notification}'\n"
        + "      responses:\n        '204':\n          description: taken\n";

    private static string Replaced(string text, string what, string by, string why)
    {
        Assert.True(Regex.IsMatch(text, what, RegexOptions.Multiline), $"The file is not wrong any more in this: {why}. Take the repair away.");
        return Regex.Replace(text, what, by, RegexOptions.Multiline);
    }
}

using System.Net;
using Mano.Testing;

namespace Mano.MecPlatform.Tests.Mp1;

/// <summary>Whatever is asked wrongly is answered with a ProblemDetails that says what would be right.</summary>
public sealed class ProblemTests : IAsyncLifetime
{
    private const string ReadyPath = "mec_app_support/v2/applications/app-1/confirm_ready";
    private const string Ready = """{"indication":"READY"}""";
    private RunningPlatform platform = null!;
    private Mp1Client client = null!;

    public async Task InitializeAsync()
    {
        platform = await RunningPlatform.Start();
        client = new(platform.Http);
        await platform.Ensure();
    }

    public async Task DisposeAsync() => await platform.DisposeAsync();

    [Theory]
    [InlineData("text/html", 406)]
    [InlineData("application/xml;q=0.9, application/json;q=0", 406)]
    [InlineData("application/json", 204)]
    [InlineData("application/*", 204)]
    [InlineData("text/html, */*;q=0.1", 204)]
    [InlineData("application/problem+json", 204)]
    [InlineData("not a media type at all", 204)]
    public async Task Who_does_not_accept_JSON_is_told(string accept, int status)
    {
        var answer = await client.Ask(HttpMethod.Post, ReadyPath, status, Ready, ("Accept", accept));
        if (status >= 400)
        {
            Assert.Contains("application/json", answer.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{\"indication\":\n  READY}", "LineNumber: 1 | BytePositionInLine: 2")]
    [InlineData("", "LineNumber: 0")]
    [InlineData("{\"indication\":{}}", "$.indication")]
    public async Task Malformed_JSON_is_told_with_its_position(string body, string says) =>
        await client.IsRefused(HttpMethod.Post, ReadyPath, 400, says, body);

    [Theory]
    [InlineData("GET", "mec_app_support/v1/applications/app-1/confirm_ready", "POST")]
    [InlineData("POST", "mec_app_support/v2/applications/app-1/traffic_rules/t1", "GET, PUT")]
    [InlineData("DELETE", "mec_app_support/v1/applications/app-1/dns_rules/d1", "GET, PUT")]
    [InlineData("PATCH", "mec_app_support/v2/registrations/app-1", "DELETE, GET, PUT")]
    [InlineData("PUT", "mec_service_mgmt/v1/transports", "GET")]
    public async Task A_method_that_a_resource_has_not_is_answered_with_those_it_has(string method, string path, string allow)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await platform.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(allow, string.Join(", ", answer.Content.Headers.Allow.Order(StringComparer.Ordinal)));
        await client.IsRefused(new HttpMethod(method), path, 405, "is not a method of");
    }

    [Fact]
    public async Task A_query_that_is_too_long_is_refused_with_414() => await client.IsRefused(
        HttpMethod.Get, $"mec_service_mgmt/v1/services?ser_name={new string('x', 9_000)}", 414, "fewer at once");

    [Fact]
    public async Task Paths_that_lead_nowhere_name_the_roots()
    {
        foreach (var path in new[] { "mec_app_support/v3/timing/current_time", "mec_service_mgmt/v1/service", "mec_app_support/v1", "mec_app_support/v1/applications/app-1/traffic_rules/t1/more" })
        {
            await client.IsRefused(HttpMethod.Get, path, 404, "/mec_service_mgmt/v1");
        }
    }

    [Fact]
    public async Task A_body_without_or_with_another_content_type_is_refused_with_415_and_a_parameter_or_capitals_are_not()
    {
        foreach (var (type, status) in new[] { ("text/plain", 415), ("application/jsonp", 415), ("application/json; charset=utf-8", 204), ("Application/JSON", 204) })
        {
            using var content = new StringContent(Ready);
            content.Headers.Remove("Content-Type");
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            using var answer = await platform.Http.PostAsync(ReadyPath, content);
            Assert.True(status == (int)answer.StatusCode, type);
        }
    }

    [Fact]
    public async Task A_rule_is_switched_by_the_one_who_read_it_last_and_only_once()
    {
        const string path = "mec_app_support/v1/applications/app-1/traffic_rules/t1";
        await platform.Run();
        await client.Post(ReadyPath, 204, Ready);
        using var read = await platform.Http.GetAsync(path);
        var off = (await read.Content.ReadAsStringAsync()).Replace("\"ACTIVE\"", "\"INACTIVE\"", StringComparison.Ordinal);
        var tag = ("If-Match", read.Headers.ETag!.ToString());
        await client.IsRefused(HttpMethod.Put, path, 412, "read it again", off, ("If-Match", "\"other\", W/" + tag.Item2));
        await client.Ask(HttpMethod.Put, path, 200, off, ("If-Match", $"\"other\", {tag.Item2}"));
        await client.IsRefused(HttpMethod.Put, path, 412, "read it again", off, tag);
        await client.Ask(HttpMethod.Put, path, 200, off.Replace("INACTIVE", "ACTIVE", StringComparison.Ordinal), ("If-Match", "*"));
        await client.IsRefused(HttpMethod.Put, path + "x", 404, "no rule", off, ("If-Match", "*"));
        await client.IsRefused(HttpMethod.Put, path, 400, "state", off.Replace("INACTIVE", "PAUSED", StringComparison.Ordinal));
        await client.IsRefused(HttpMethod.Put, path, 400, "ACTIVE or INACTIVE", off.Replace(",\"state\":\"INACTIVE\"", "", StringComparison.Ordinal));
        await platform.Drain(TimeSpan.Zero);
        await client.IsRefused(HttpMethod.Put, path, 409, "out of service", off);
    }

    [Fact]
    public async Task Of_many_who_switch_with_the_same_tag_one_wins()
    {
        const string path = "mec_app_support/v1/applications/app-1/dns_rules/d1";
        await platform.Run();
        await client.Post(ReadyPath, 204, Ready);
        using var read = await platform.Http.GetAsync(path);
        var off = (await read.Content.ReadAsStringAsync()).Replace("\"ACTIVE\"", "\"INACTIVE\"", StringComparison.Ordinal);
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new StringContent(off, System.Text.Encoding.UTF8, "application/json") };
            request.Headers.IfMatch.Add(read.Headers.ETag!);
            using var answer = await platform.Http.SendAsync(request);
            return answer.StatusCode;
        }));
        Assert.Single(answers, HttpStatusCode.OK);
        Assert.Equal(15, answers.Count(a => a == HttpStatusCode.PreconditionFailed));
    }

    [Fact]
    public async Task A_rule_that_the_data_plane_cannot_enforce_cannot_be_made_active()
    {
        var configuration = RunningPlatform.Configuration();
        configuration.TrafficRules[0].Action = Mano.Common.V1.TrafficRule.Types.Action.DuplicateEncapsulated;
        configuration.TrafficRules[0].DstInterfaces.Add(new Mano.Common.V1.InterfaceDescriptor { InterfaceType = Mano.Common.V1.InterfaceDescriptor.Types.InterfaceType.Ip, DstIpAddress = "192.0.2.1" });
        configuration.TrafficRules[0].DstInterfaces.Add(new Mano.Common.V1.InterfaceDescriptor { InterfaceType = Mano.Common.V1.InterfaceDescriptor.Types.InterfaceType.Ip, DstIpAddress = "192.0.2.2" });
        await platform.Ensure(configuration: configuration, generation: 2);
        await platform.Run(generation: 2);
        await client.Post(ReadyPath, 204, Ready);
        const string path = "mec_app_support/v2/applications/app-1/traffic_rules/t1";
        var body = await platform.Http.GetStringAsync(path);
        Assert.Contains("\"INACTIVE\"", body, StringComparison.Ordinal);
        await client.IsRefused(HttpMethod.Put, path, 409, "cannot be ACTIVE at this platform", body.Replace("INACTIVE", "ACTIVE", StringComparison.Ordinal));
    }
}

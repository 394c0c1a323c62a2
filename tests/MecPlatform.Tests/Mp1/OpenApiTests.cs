using System.Net;
using System.Text;
using System.Text.Json;
using Mano.Testing;

namespace Mano.MecPlatform.Tests.Mp1;

/// <summary>Every request, answer and notification of Mp1 is what the standard's OpenAPI files allow, the older and the newer.</summary>
public sealed class OpenApiTests : IAsyncLifetime
{
    private const string Ready = """{"indication":"READY"}""";
    private const string Service = """
        {"serName":"position","version":"1.0","state":"ACTIVE","serializer":"JSON","livenessInterval":10,
         "serCategory":{"href":"http://catalogue.example/c","id":"loc","name":"Location","version":"1"},
         "transportInfo":{"id":"t1","name":"REST","type":"REST_HTTP","protocol":"HTTP","version":"2.0","security":{},"endpoint":{"addresses":[{"host":"192.0.2.1","port":8080}]}}}
        """;

    private readonly TempFolder folder = new();
    private RunningPlatform platform = null!;

    public async Task InitializeAsync()
    {
        platform = await RunningPlatform.Start(o => o with { NtpServers = ["192.0.2.123", "ntp.example"], AppSupport = new() { CallbackTimeout = Eventually.Patience } });
        await platform.Ensure();
        await platform.Run();
    }

    public async Task DisposeAsync()
    {
        await platform.DisposeAsync();
        folder.Dispose();
    }

    [PrismTheory]
    [InlineData("2021", "v1")]
    [InlineData("2026", "v2")]
    public async Task Application_support(string edition, string version)
    {
        await using var prism = await Proxy(edition, "MecAppSupportApi", $"mec_app_support/{version}");
        await Is(prism, HttpMethod.Post, "/applications/app-1/confirm_ready", HttpStatusCode.NoContent, Ready);
        await Is(prism, HttpMethod.Get, "/applications/app-1/traffic_rules", HttpStatusCode.OK);
        var rule = await Is(prism, HttpMethod.Get, "/applications/app-1/traffic_rules/t1", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Put, "/applications/app-1/traffic_rules/t1", HttpStatusCode.OK, rule.Replace("\"ACTIVE\"", "\"INACTIVE\"", StringComparison.Ordinal));
        await Is(prism, HttpMethod.Put, "/applications/app-1/traffic_rules/t1", HttpStatusCode.PreconditionFailed, rule, "\"stale\"");
        await Is(prism, HttpMethod.Get, "/applications/app-1/traffic_rules/none", HttpStatusCode.NotFound);
        await Is(prism, HttpMethod.Get, "/applications/app-1/dns_rules", HttpStatusCode.OK);
        var name = await Is(prism, HttpMethod.Get, "/applications/app-1/dns_rules/d1", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Put, "/applications/app-1/dns_rules/d1", HttpStatusCode.OK, name);
        await Is(prism, HttpMethod.Put, "/applications/app-1/dns_rules/d1", HttpStatusCode.PreconditionFailed, name, "\"stale\"");
        await Is(prism, HttpMethod.Get, "/applications/app-1/subscriptions", HttpStatusCode.OK);
        var made = await Is(prism, HttpMethod.Post, "/applications/app-1/subscriptions", HttpStatusCode.Created, Subscription("http://127.0.0.1:9/x"));
        await Is(prism, HttpMethod.Get, "/applications/app-1/subscriptions", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Get, $"/applications/app-1/subscriptions/{IdOf(made)}", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Delete, $"/applications/app-1/subscriptions/{IdOf(made)}", HttpStatusCode.NoContent);
        await Is(prism, HttpMethod.Delete, $"/applications/app-1/subscriptions/{IdOf(made)}", HttpStatusCode.NotFound);
        Assert.Contains("ntp.example", await Is(prism, HttpMethod.Get, "/timing/timing_caps", HttpStatusCode.OK), StringComparison.Ordinal);
        await Is(prism, HttpMethod.Get, "/timing/current_time", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Post, "/applications/app-1/confirm_termination", HttpStatusCode.Conflict, """{"operationAction":"TERMINATING"}""");
        await Is(prism, HttpMethod.Post, "/applications/nobody/confirm_ready", HttpStatusCode.NotFound, Ready);
    }

    [PrismFact]
    public async Task Registrations()
    {
        await using var prism = await Proxy("2026", "MecAppSupportApi", "mec_app_support/v2");
        const string info = """
            {"appName":"camera","appProvider":"acme","endpoint":{"uris":["http://192.0.2.9:8080"]},"appCategory":{"href":"http://catalogue.example/c","id":"v","name":"Video","version":"1"},
             "appServiceRequired":[{"serName":"position","version":"1.0"}],"appFeatureOptional":[{"featureName":"UserApps","version":"1"}]}
            """;
        var made = await Is(prism, HttpMethod.Post, "/registrations", HttpStatusCode.Created, info);
        var id = JsonDocument.Parse(made).RootElement.GetProperty("appInstanceId").GetString();
        await Is(prism, HttpMethod.Get, $"/registrations/{id}", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Put, $"/registrations/{id}", HttpStatusCode.NoContent, info);
        await Is(prism, HttpMethod.Delete, $"/registrations/{id}", HttpStatusCode.NoContent);
        await Is(prism, HttpMethod.Get, $"/registrations/{id}", HttpStatusCode.NotFound);
        await Is(prism, HttpMethod.Post, "/registrations", HttpStatusCode.BadRequest, """{"appName":"camera"}""");
    }

    [PrismTheory]
    [InlineData("2021")]
    [InlineData("2026")]
    public async Task Service_management(string edition)
    {
        await using var prism = await Proxy(edition, "MecServiceMgmtApi", "mec_service_mgmt/v1");
        await Is(prism, HttpMethod.Get, "/transports", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Get, "/services", HttpStatusCode.OK);
        var made = JsonDocument.Parse(await Is(prism, HttpMethod.Post, "/applications/app-1/services", HttpStatusCode.Created, Service)).RootElement;
        var id = made.GetProperty("serInstanceId").GetString();
        await Is(prism, HttpMethod.Get, "/services?ser_name=position", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Get, "/services?ser_name=position&ser_category_id=loc", HttpStatusCode.BadRequest);
        await Is(prism, HttpMethod.Get, $"/services/{id}", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Get, "/applications/app-1/services", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Get, $"/applications/app-1/services/{id}", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Put, $"/applications/app-1/services/{id}", HttpStatusCode.OK, Service);
        await Is(prism, HttpMethod.Put, $"/applications/app-1/services/{id}", HttpStatusCode.PreconditionFailed, Service, "\"stale\"");
        await Is(prism, HttpMethod.Get, "/services/none", HttpStatusCode.NotFound);
        if (edition == "2026")
        {
            await Is(prism, HttpMethod.Get, $"/liveness/{id}", HttpStatusCode.OK);
            await Is(prism, HttpMethod.Patch, $"/liveness/{id}", HttpStatusCode.NoContent, """{"state":"ACTIVE"}""");
            await Is(prism, HttpMethod.Get, "/liveness/none", HttpStatusCode.NotFound);
        }

        var subscribed = await Is(prism, HttpMethod.Post, "/applications/app-1/subscriptions", HttpStatusCode.Created, ServiceSubscription("http://127.0.0.1:9/x"));
        await Is(prism, HttpMethod.Get, "/applications/app-1/subscriptions", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Get, $"/applications/app-1/subscriptions/{IdOf(subscribed)}", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Delete, $"/applications/app-1/subscriptions/{IdOf(subscribed)}", HttpStatusCode.NoContent);
        await Is(prism, HttpMethod.Delete, $"/applications/app-1/services/{id}", HttpStatusCode.NoContent);
    }

    [PrismTheory]
    [InlineData("2021")]
    [InlineData("2026")]
    public async Task What_applications_are_told(string edition)
    {
        await using var app = await CallbackApp.Start();
        await using (var prism = await Proxy(edition, "MecServiceMgmtApi", "", new Uri(app.Url.Replace("/told", "", StringComparison.Ordinal))))
        {
            using var subscribed = await Post("mec_service_mgmt/v1/applications/app-1/subscriptions", ServiceSubscription($"{prism.Http.BaseAddress}told"));
            using var made = await Post("mec_service_mgmt/v1/applications/app-1/services", Service);
            Assert.Equal("ADDED", (await app.Next()).GetProperty("serviceReferences")[0].GetProperty("changeType").GetString());
            using var removed = await platform.Http.DeleteAsync(made.Headers.Location);
            Assert.Equal("REMOVED", (await app.Next()).GetProperty("serviceReferences")[0].GetProperty("changeType").GetString());
        }

        await using (var prism = await Proxy(edition, "MecAppSupportApi", "", new Uri(app.Url.Replace("/told", "", StringComparison.Ordinal))))
        {
            using var ready = await Post("mec_app_support/v1/applications/app-1/confirm_ready", Ready);
            using var subscribed = await Post("mec_app_support/v1/applications/app-1/subscriptions", Subscription($"{prism.Http.BaseAddress}told"));
            await platform.Drain(TimeSpan.FromMinutes(1));
            Assert.Equal("TERMINATING", (await app.Next()).GetProperty("operationAction").GetString());
        }
    }

    [PrismTheory]
    [InlineData("2021")]
    [InlineData("2026")]
    public async Task What_the_files_refuse_the_platform_refuses_too(string edition)
    {
        await using var services = await Proxy(edition, "MecServiceMgmtApi", "mec_service_mgmt/v1");
        await Refused(services, HttpMethod.Post, "/applications/app-1/services", Service.Replace("\"ACTIVE\"", "\"ASLEEP\"", StringComparison.Ordinal));
        await Refused(services, HttpMethod.Post, "/applications/app-1/services", Service.Replace("\"serializer\":\"JSON\",", "", StringComparison.Ordinal));
        await Refused(services, HttpMethod.Post, "/applications/app-1/subscriptions", """{"callbackReference":"http://127.0.0.1:9/x"}""");
        await Refused(services, HttpMethod.Get, "/services?is_local=perhaps", null);
        await using var support = await Proxy(edition, "MecAppSupportApi", "mec_app_support/v1");
        await Refused(support, HttpMethod.Post, "/applications/app-1/confirm_ready", "{}");
        await Refused(support, HttpMethod.Post, "/applications/app-1/confirm_termination", """{"operationAction":"SLEEPING"}""");
        await Refused(support, HttpMethod.Put, "/applications/app-1/traffic_rules/t1", """{"state":"ACTIVE"}""");
        await Refused(support, HttpMethod.Put, "/applications/app-1/dns_rules/d1", """{"dnsRuleId":"d1","domainName":"shop.example","ipAddressType":"IP_V5","ipAddress":"0.0.0.0","state":"ACTIVE"}""");
    }

    [PrismFact]
    public async Task The_proxy_does_refuse_what_the_file_does_not_allow()
    {
        var builder = Microsoft.AspNetCore.Builder.WebApplication.CreateEmptyBuilder(new());
        Microsoft.AspNetCore.Hosting.WebHostBuilderKestrelExtensions.UseKestrelCore(builder.WebHost);
        await using var liar = builder.Build();
        Microsoft.AspNetCore.Builder.RunExtensions.Run(liar, context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.Body.WriteAsync("""[{"id":1}]"""u8.ToArray()).AsTask();
        });
        liar.Urls.Add("http://127.0.0.1:0");
        await liar.StartAsync();
        await using var prism = await Proxy("2026", "MecServiceMgmtApi", "", new Uri(liar.Urls.First()));
        using var answer = await prism.Http.GetAsync("/transports");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
    }

    private Task<PrismProxy> Proxy(string edition, string api, string root, Uri? upstream = null) =>
        PrismProxy.Start(OpenApiFile.Write(edition, api, folder), upstream ?? new Uri(platform.Http.BaseAddress!, root));

    private Task<HttpResponseMessage> Post(string path, string body) => platform.Http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

    private static string Subscription(string callback) =>
        $$$$"""{"subscriptionType":"AppTerminationNotificationSubscription","callbackReference":"{{{{callback}}}}","appInstanceId":"app-1","_links":{"self":{"href":"http://x/y"}}}""";

    private static string ServiceSubscription(string callback) =>
        $$$"""{"subscriptionType":"SerAvailabilityNotificationSubscription","callbackReference":"{{{callback}}}","_links":{"self":{"href":"http://x/y"}},"filteringCriteria":{"serNames":["position"],"states":["ACTIVE"],"isLocal":true}}""";

    private static string IdOf(string made) => JsonDocument.Parse(made).RootElement.GetProperty("_links").GetProperty("self").GetProperty("href").GetString()!.Split('/')[^1];

    /// <summary>The proxy stops it before it reaches the platform, and the platform, asked without the proxy, answers 400.</summary>
    private static async Task Refused(PrismProxy prism, HttpMethod method, string path, string? body)
    {
        var (status, text) = await Ask(prism.Http, method, prism.Http.BaseAddress + path.TrimStart('/'), body);
        Assert.True((int)status is 400 or 422 && text.Contains("stoplight.io/prism/errors", StringComparison.Ordinal), $"{method} {path} by the file: {(int)status} {text}");
        (status, text) = await Ask(prism.Http, method, prism.Upstream + path, body);
        Assert.True(status == HttpStatusCode.BadRequest, $"{method} {path} by the platform: {(int)status} {text}");
    }

    private static async Task<(HttpStatusCode Status, string Body)> Ask(HttpClient http, HttpMethod method, string url, string? body, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, url);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        using var answer = await http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<string> Is(PrismProxy prism, HttpMethod method, string path, HttpStatusCode status, string? body = null, string? ifMatch = null)
    {
        var (answered, text) = await Ask(prism.Http, method, prism.Http.BaseAddress + path.TrimStart('/'), body, ifMatch);
        Assert.True(answered == status && !text.Contains("stoplight.io/prism/errors", StringComparison.Ordinal), $"{method} {path}: {(int)answered} {text}");
        return text;
    }
}

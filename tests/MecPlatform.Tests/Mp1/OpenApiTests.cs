using System.Net;
using System.Text;
using System.Text.Json;
using Mano.Testing;

namespace Mano.MecPlatform.Tests.Mp1;

/// <summary>Every answer of Mp1 is what the standard's OpenAPI files allow.</summary>
public sealed class OpenApiTests : IAsyncLifetime
{
    private static readonly string Folder = SharedInput.File("etsi", "openapi", "mec-forge-2021", "gs011");
    private RunningPlatform platform = null!;

    public async Task InitializeAsync()
    {
        platform = await RunningPlatform.Start();
        await platform.Ensure();
        await platform.Run();
    }

    public async Task DisposeAsync() => await platform.DisposeAsync();

    [PrismFact]
    public async Task Application_support()
    {
        await using var prism = await PrismProxy.Start(Path.Combine(Folder, "MecAppSupportApi.yaml"), new Uri(platform.Http.BaseAddress!, "mec_app_support/v1"));
        await Is(prism, HttpMethod.Post, "/applications/app-1/confirm_ready", HttpStatusCode.NoContent, """{"indication":"READY"}""");
        await Is(prism, HttpMethod.Get, "/applications/app-1/traffic_rules", HttpStatusCode.OK);
        var rule = await Is(prism, HttpMethod.Get, "/applications/app-1/traffic_rules/t1", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Put, "/applications/app-1/traffic_rules/t1", HttpStatusCode.OK, rule.Replace("\"ACTIVE\"", "\"INACTIVE\"", StringComparison.Ordinal));
        await Is(prism, HttpMethod.Put, "/applications/app-1/traffic_rules/t1", HttpStatusCode.PreconditionFailed, rule, "\"stale\"");
        await Is(prism, HttpMethod.Get, "/applications/app-1/traffic_rules/none", HttpStatusCode.NotFound);
        await Is(prism, HttpMethod.Get, "/applications/app-1/dns_rules", HttpStatusCode.OK);
        var name = await Is(prism, HttpMethod.Get, "/applications/app-1/dns_rules/d1", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Put, "/applications/app-1/dns_rules/d1", HttpStatusCode.OK, name);
        await Is(prism, HttpMethod.Get, "/applications/app-1/subscriptions", HttpStatusCode.OK);
        var made = await Is(
            prism, HttpMethod.Post, "/applications/app-1/subscriptions", HttpStatusCode.Created,
            """{"subscriptionType":"AppTerminationNotificationSubscription","callbackReference":"http://127.0.0.1:9/x","appInstanceId":"app-1","_links":{"self":{"href":"/x"}}}""");
        var id = JsonDocument.Parse(made).RootElement.GetProperty("_links").GetProperty("self").GetProperty("href").GetString()!.Split('/')[^1];
        await Is(prism, HttpMethod.Get, "/applications/app-1/subscriptions", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Get, $"/applications/app-1/subscriptions/{id}", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Delete, $"/applications/app-1/subscriptions/{id}", HttpStatusCode.NoContent);
        await Is(prism, HttpMethod.Get, "/timing/timing_caps", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Get, "/timing/current_time", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Post, "/applications/app-1/confirm_termination", HttpStatusCode.Conflict, """{"operationAction":"TERMINATING"}""");
        await Is(prism, HttpMethod.Post, "/applications/nobody/confirm_ready", HttpStatusCode.NotFound, """{"indication":"READY"}""");
    }

    [PrismFact]
    public async Task Service_management()
    {
        await using var prism = await PrismProxy.Start(Path.Combine(Folder, "MecServiceMgmtApi.yaml"), new Uri(platform.Http.BaseAddress!, "mec_service_mgmt/v1"));
        const string service = """
            {"serName":"position","version":"1.0","state":"ACTIVE","serializer":"JSON","livenessInterval":10,
             "serCategory":{"href":"/c","id":"loc","name":"Location","version":"1"},
             "transportInfo":{"id":"t1","name":"REST","type":"REST_HTTP","protocol":"HTTP","version":"2.0","security":{},"endpoint":{"addresses":[{"host":"192.0.2.1","port":8080}]}}}
            """;
        await Is(prism, HttpMethod.Get, "/transports", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Get, "/services", HttpStatusCode.OK);
        var made = JsonDocument.Parse(await Is(prism, HttpMethod.Post, "/applications/app-1/services", HttpStatusCode.Created, service)).RootElement;
        var id = made.GetProperty("serInstanceId").GetString();
        await Is(prism, HttpMethod.Get, "/services?ser_name=position", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Get, $"/services/{id}", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Get, "/applications/app-1/services", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Get, $"/applications/app-1/services/{id}", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Put, $"/applications/app-1/services/{id}", HttpStatusCode.OK, service);
        await Is(prism, HttpMethod.Put, $"/applications/app-1/services/{id}", HttpStatusCode.PreconditionFailed, service, "\"stale\"");
        await Is(prism, HttpMethod.Get, "/services/none", HttpStatusCode.NotFound);
        var subscribed = JsonDocument.Parse(await Is(
            prism, HttpMethod.Post, "/applications/app-1/subscriptions", HttpStatusCode.Created,
            """{"subscriptionType":"SerAvailabilityNotificationSubscription","callbackReference":"http://127.0.0.1:9/x","_links":{"self":{"href":"/x"}},"filteringCriteria":{"serNames":["position"],"states":["ACTIVE"],"isLocal":true}}""")).RootElement;
        var subscription = subscribed.GetProperty("_links").GetProperty("self").GetProperty("href").GetString()!.Split('/')[^1];
        await Is(prism, HttpMethod.Get, "/applications/app-1/subscriptions", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Get, $"/applications/app-1/subscriptions/{subscription}", HttpStatusCode.OK);
        await Is(prism, HttpMethod.Delete, $"/applications/app-1/subscriptions/{subscription}", HttpStatusCode.NoContent);
        await Is(prism, HttpMethod.Delete, $"/applications/app-1/services/{id}", HttpStatusCode.NoContent);
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
        await using var prism = await PrismProxy.Start(Path.Combine(Folder, "MecServiceMgmtApi.yaml"), new Uri(liar.Urls.First()));
        var answer = await prism.Http.GetStringAsync("/transports").ContinueWith(t => t.Exception?.Message ?? t.Result);
        Assert.Contains("500", answer, StringComparison.Ordinal);
    }

    private static async Task<string> Is(PrismProxy prism, HttpMethod method, string path, HttpStatusCode status, string? body = null, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        using var answer = await prism.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status && !text.Contains("stoplight.io/prism/errors", StringComparison.Ordinal), $"{method} {path}: {(int)answer.StatusCode} {text}");
        return text;
    }
}

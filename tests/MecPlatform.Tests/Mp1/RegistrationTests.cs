using System.Text.Json;

namespace Mano.MecPlatform.Tests.Mp1;

/// <summary>MEC 011 v3 registrations: applications that MEC did not instantiate, and those that it did.</summary>
public sealed class RegistrationTests : IAsyncLifetime
{
    private const string Outsider = """{"appName":"camera","endpoint":{"addresses":[{"host":"192.0.2.9","port":8080}]}}""";
    private const string Service = """
        {"serName":"frames","version":"1.0","state":"ACTIVE","serializer":"JSON",
         "transportInfo":{"id":"t1","name":"REST","type":"REST_HTTP","protocol":"HTTP","version":"2.0","security":{},"endpoint":{"uris":["http://192.0.2.9/"]}}}
        """;

    private RunningPlatform platform = null!;
    private Mp1Client client = null!;

    public async Task InitializeAsync()
    {
        platform = await RunningPlatform.Start();
        client = new(platform.Http);
    }

    public async Task DisposeAsync() => await platform.DisposeAsync();

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task An_outsider_registers_offers_a_service_and_takes_it_along_when_it_leaves(string version)
    {
        var made = await client.Post($"mec_app_support/{version}/registrations", 201, Outsider);
        var id = made.GetProperty("appInstanceId").GetString();
        var own = $"mec_app_support/{version}/registrations/{id}";
        Assert.Equal("camera", (await client.Get(own)).GetProperty("appName").GetString());
        await client.Post($"mec_service_mgmt/v1/applications/{id}/services", 201, Service);
        await client.Post($"mec_service_mgmt/v1/applications/{id}/subscriptions", 201, """{"subscriptionType":"SerAvailabilityNotificationSubscription","callbackReference":"http://127.0.0.1:9/x"}""");
        Assert.Equal(1, (await client.Get("mec_service_mgmt/v1/services")).GetArrayLength());

        await client.Ask(HttpMethod.Put, own, 204, Outsider.Replace("camera", "lens", StringComparison.Ordinal));
        Assert.Equal("lens", (await client.Get(own)).GetProperty("appName").GetString());
        await client.IsRefused(HttpMethod.Put, own, 412, "If-Match", Outsider, ("If-Match", "\"stale\""));
        await client.Ask(HttpMethod.Delete, own, 204);
        await client.IsRefused(HttpMethod.Get, own, 404, id!);
        await client.IsRefused(HttpMethod.Delete, own, 404, "registered");
        Assert.Equal(0, (await client.Get("mec_service_mgmt/v1/services")).GetArrayLength());
        await client.IsRefused(HttpMethod.Get, $"mec_service_mgmt/v1/applications/{id}/subscriptions", 404, id!);
    }

    [Fact]
    public async Task An_instance_of_ours_says_more_of_itself_until_it_is_removed()
    {
        await platform.Ensure();
        const string own = "mec_app_support/v2/registrations/app-1";
        const string info = """{"appName":"shop","appDId":"d","appInstanceId":"app-1","isInsByMec":true,"appProvider":"acme"}""";
        await client.IsRefused(HttpMethod.Post, "mec_app_support/v2/registrations", 404, "nobody", info.Replace("app-1", "nobody", StringComparison.Ordinal));
        await client.IsRefused(HttpMethod.Post, "mec_app_support/v2/registrations", 400, "the AppD of this instance says 'shop'", info.Replace("\"shop\"", "\"shed\"", StringComparison.Ordinal));
        await client.Post("mec_app_support/v2/registrations", 201, info);
        await client.IsRefused(HttpMethod.Post, "mec_app_support/v2/registrations", 409, "already", info);
        await client.IsRefused(HttpMethod.Put, own, 400, "do not change", Outsider);
        Assert.Equal("acme", (await client.Get(own)).GetProperty("appProvider").GetString());
        await platform.Mm5.RemoveApplicationIfAnyAsync(new() { AppInstanceId = "app-1", Generation = 2 });
        await Eventually.Is(async () => (await platform.Http.GetAsync(own)).StatusCode == System.Net.HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Every_fault_of_an_AppInfo_is_told_at_once()
    {
        var problem = await client.Post(
            "mec_app_support/v2/registrations",
            400,
            """{"appCategory":{"id":"c"},"endpoint":{"uris":[],"fqdn":[]},"appProfile":7,"appServiceRequired":[{"version":"1"}],"appFeatureRequired":[{"featureName":"x"}]}""");
        foreach (var path in new[] { "appName", "appCategory.href", "endpoint", "appProfile", "appServiceRequired[0].serName", "appFeatureRequired[0].version" })
        {
            Assert.Contains(path + ":", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        await client.IsRefused(HttpMethod.Post, "mec_app_support/v2/registrations", 400, "endpoint", """{"appName":"camera"}""");
        await client.IsRefused(HttpMethod.Post, "mec_app_support/v2/registrations", 400, "the platform gives one", Outsider.Replace("{\"appName\"", "{\"appInstanceId\":\"mine\",\"appName\"", StringComparison.Ordinal));
        await client.IsRefused(
            HttpMethod.Post, "mec_app_support/v2/registrations", 400, "the AppD says it",
            """{"appName":"shop","isInsByMec":true,"appDId":"d","appServiceRequired":[]}""");
    }

    [Fact]
    public async Task Registrations_from_one_address_are_bounded_and_are_kept_over_a_restart()
    {
        JsonElement last = default;
        for (var i = 0; i < 64; i++)
        {
            last = await client.Post("mec_app_support/v1/registrations", 201, Outsider);
        }

        await client.IsRefused(HttpMethod.Post, "mec_app_support/v1/registrations", 429, "64", Outsider);
        await platform.Restart();
        client = new(platform.Http);
        Assert.Equal("camera", (await client.Get($"mec_app_support/v1/registrations/{last.GetProperty("appInstanceId").GetString()}")).GetProperty("appName").GetString());
        await client.Post($"mec_service_mgmt/v1/applications/{last.GetProperty("appInstanceId").GetString()}/services", 201, Service);
    }
}

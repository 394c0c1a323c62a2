using System.Net;
using Mano.MecPlatform.AppSupport;
using Mano.MecPlatform.Mp1;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.Tests.Mp1;

/// <summary>An application speaks for its own instance only.</summary>
public sealed class AccessTests
{
    private const string Ready = """{"indication":"READY"}""";
    private const string Service = """
        {"serName":"position","version":"1.0","state":"ACTIVE","serializer":"JSON","livenessInterval":10,
         "transportInfo":{"id":"t1","name":"REST","type":"REST_HTTP","protocol":"HTTP","version":"2.0","security":{},"endpoint":{"uris":["http://127.0.7.1/"]}}}
        """;

    [Fact]
    public async Task Another_application_is_refused_whatever_it_asks_in_the_name_of_this_one()
    {
        await using var platform = await TwoInstances();
        using var own = Mp1Client.From("127.0.7.1", platform.Http.BaseAddress!);
        using var other = Mp1Client.From("127.0.7.2", platform.Http.BaseAddress!);
        var made = await new Mp1Client(own).Post("mec_service_mgmt/v1/applications/app-1/services", 201, Service);
        var liveness = new Uri(made.GetProperty("_links").GetProperty("liveness").GetProperty("href").GetString()!).PathAndQuery;

        var thief = new Mp1Client(other);
        await thief.IsRefused(HttpMethod.Post, "mec_app_support/v1/applications/app-1/confirm_ready", 403, "another instance", Ready);
        await thief.IsRefused(HttpMethod.Post, "mec_app_support/v2/applications/app-1/confirm_termination", 403, "its own instance", """{"operationAction":"TERMINATING"}""");
        await thief.IsRefused(HttpMethod.Get, "mec_app_support/v1/applications/app-1/traffic_rules", 403, "app-1");
        await thief.IsRefused(HttpMethod.Get, "mec_app_support/v1/applications/app-1/subscriptions", 403, "app-1");
        await thief.IsRefused(HttpMethod.Post, "mec_service_mgmt/v1/applications/app-1/services", 403, "app-1", Service);
        await thief.IsRefused(HttpMethod.Delete, $"mec_service_mgmt/v1/applications/app-1/services/{made.GetProperty("serInstanceId")}", 403, "app-1");
        await thief.IsRefused(HttpMethod.Patch, liveness, 403, "app-1", """{"state":"ACTIVE"}""");
        await thief.IsRefused(HttpMethod.Post, "mec_app_support/v2/registrations", 403, "app-1", """{"appName":"shop","appDId":"d","appInstanceId":"app-1","isInsByMec":true}""");

        Assert.Equal(1, (await thief.Get("mec_service_mgmt/v1/services")).GetArrayLength());
        await new Mp1Client(own).Ask(HttpMethod.Patch, liveness, 204, """{"state":"ACTIVE"}""");
        await new Mp1Client(own).Post("mec_app_support/v1/applications/app-1/confirm_ready", 204, Ready);
        await new Mp1Client(platform.Http).Get("mec_app_support/v1/applications/app-1/traffic_rules");
    }

    [Fact]
    public async Task A_platform_that_is_open_believes_everybody()
    {
        await using var platform = await TwoInstances(Mp1AccessKind.Open);
        using var other = Mp1Client.From("127.0.7.2", platform.Http.BaseAddress!);
        await new Mp1Client(other).Post("mec_app_support/v1/applications/app-1/confirm_ready", 204, Ready);
    }

    [Theory]
    [InlineData("10.0.0.5", true)]
    [InlineData("::ffff:10.0.0.5", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("10.0.0.6", false)]
    [InlineData("127.0.7.2", false)]
    [InlineData("10.0.0.9", false)]
    public void Who_calls_is_known_by_the_address(string caller, bool allowed)
    {
        var addresses = new InstanceAddresses();
        addresses.Set("app-1", IPAddress.Parse("10.0.0.5"));
        addresses.Set("app-2", IPAddress.Parse("10.0.0.6"));
        addresses.Set("app-3", IPAddress.Parse("127.0.7.2"));
        Assert.Equal(allowed, Passes(addresses, "app-1", caller));
    }

    [Fact]
    public void An_instance_whose_address_is_not_known_yet_may_be_early_but_nobody_who_is_known_may_pass_for_it()
    {
        var addresses = new InstanceAddresses();
        addresses.Set("app-2", IPAddress.Parse("10.0.0.6"));
        Assert.True(Passes(addresses, "app-1", "10.0.0.5"));
        Assert.False(Passes(addresses, "app-1", "10.0.0.6"));
        addresses.Set("app-2", null);
        Assert.True(Passes(addresses, "app-1", "10.0.0.6"));
    }

    [Fact]
    public void Who_is_at_loopback_shares_it_with_the_machine_and_with_nobody_else()
    {
        var addresses = new InstanceAddresses();
        addresses.Set("app-1", IPAddress.Loopback);
        addresses.Set("app-2", IPAddress.Loopback);
        Assert.True(Passes(addresses, "app-1", "127.0.0.1"));
        Assert.True(Passes(addresses, "app-1", "::1"));
        Assert.False(Passes(addresses, "app-1", "10.0.0.9"));
        Assert.False(addresses.IsHeld(IPAddress.Loopback));
    }

    [Fact]
    public void Instances_that_share_an_address_speak_each_for_itself_and_cannot_be_told_apart()
    {
        var addresses = new InstanceAddresses();
        addresses.Set("app-1", IPAddress.Parse("10.0.0.5"));
        addresses.Set("app-2", IPAddress.Parse("10.0.0.5"));
        Assert.True(Passes(addresses, "app-1", "10.0.0.5"));
        addresses.Set("app-2", IPAddress.Parse("10.0.0.6"));
        Assert.True(Passes(addresses, "app-1", "10.0.0.5"));
        Assert.True(addresses.IsHeld(IPAddress.Parse("10.0.0.5")));
    }

    private static bool Passes(InstanceAddresses addresses, string instance, string caller)
    {
        try
        {
            new Mp1Access(addresses, new PlatformOptions { DataFolder = "unused" }).Require(instance, IPAddress.Parse(caller));
            return true;
        }
        catch (FailureException refused) when (refused.Failure.Kind == FailureKind.Forbidden)
        {
            return false;
        }
    }

    private static async Task<RunningPlatform> TwoInstances(Mp1AccessKind access = Mp1AccessKind.Address)
    {
        var platform = await RunningPlatform.Start(o => o with { Mp1Access = access });
        await platform.Ensure();
        await platform.Run();
        await platform.Ensure("app-2", RunningPlatform.Configuration("other.example"));
        await platform.Run("app-2", "127.0.7.2");
        return platform;
    }
}

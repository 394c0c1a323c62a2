using System.Net;
using Mano.Meo.Rest;
using Mano.Meo.Rest.Notifications;

namespace Mano.Meo.Tests.Rest;

/// <summary>Where subscribers may be.</summary>
public sealed class CallbackTests
{
    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data", "link-local")]
    [InlineData("http://[fe80::1]/", "link-local")]
    [InlineData("http://[::ffff:169.254.169.254]/", "link-local")]
    [InlineData("http://[fd00:ec2::254]/", "metadata")]
    [InlineData("http://0.0.0.0:80/", "group address")]
    [InlineData("http://224.0.0.1/", "group address")]
    [InlineData("http://2852039166/", "link-local")] // 169.254.169.254 in one number
    [InlineData("http://127.0.0.1:7400/", "own machine")]
    [InlineData("http://localhost:7400/", "own machine")]
    [InlineData("http://[::1]/", "own machine")]
    [InlineData("http://10.1.2.3/", null)]
    [InlineData("http://oss.example/told", null)]
    public void By_default_nobody_is_called_whom_only_the_MEO_reaches(string callback, string? why) => Says(new(new()), callback, why);

    [Fact]
    public void Loopback_is_called_where_the_MEO_listens_there_alone_and_lists_say_otherwise()
    {
        Says(new(new() { IsLoopbackCalled = true }), "http://127.0.0.1/", null);
        var listed = new CallbackPolicy(new() { CallbackAllow = [IPNetwork.Parse("192.0.2.0/24"), IPNetwork.Parse("127.0.0.0/8")], CallbackDeny = [IPNetwork.Parse("192.0.2.7/32")] });
        Says(listed, "http://192.0.2.1/", null);
        Says(listed, "http://127.0.0.1/", null);
        Says(listed, "http://192.0.2.7/", "--callback-deny");
        Says(listed, "http://10.1.2.3/", "--callback-allow");
    }

    [Fact]
    public async Task What_is_connected_to_is_judged_once_more()
    {
        await using var listener = await Listener.Start();
        Assert.Contains("is not called", await new CallbackPolicy(new()).Test(listener.Url + "/told", CancellationToken.None), StringComparison.Ordinal);
        Assert.Null(await new CallbackPolicy(new() { IsLoopbackCalled = true }).Test(listener.Url + "/told", CancellationToken.None));
    }

    [Fact]
    public async Task A_subscription_says_why_its_callback_is_not_called()
    {
        await using var world = await RestWorld.Start(o => o with { Rest = new() { TestsCallbacks = true } });
        await using var listener = await Listener.Start();
        (await Subscribe(world, "http://169.254.169.254/x")).Is(HttpStatusCode.BadRequest, "which no subscriber has");
        (await Subscribe(world, "http://127.0.0.1:1/x")).Is(HttpStatusCode.BadRequest, "where nothing is sent to");
        (await Subscribe(world, listener.Url + "/told")).Is(HttpStatusCode.Created);
    }

    private static Task<RestAnswer> Subscribe(RestWorld world, string callback) =>
        world.Client.Post("/app_lcm/v1/subscriptions", $$"""{"subscriptionType":"AppIdentifierCreationSubscription","callbackUri":"{{callback}}"}""");

    private static void Says(CallbackPolicy policy, string callback, string? why)
    {
        var fault = policy.Fault(callback);
        Assert.Equal(why is null, fault is null);
        Assert.Contains(why ?? "", fault ?? "", StringComparison.Ordinal);
    }
}

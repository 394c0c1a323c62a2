using System.Security.Cryptography;
using Mano.Mepm.Tests.Fakes;
using Mano.Mesh.Failures;
using Mano.Mesh.Hosting;
using Mano.Site.V1;
using Mano.Testing;

namespace Mano.Mepm.Tests.Grpc;

/// <summary>Registration and images, against a fake MEO over real gRPC.</summary>
public sealed class With_a_MEO
{
    [Fact]
    public async Task The_site_registers_and_its_heartbeats_carry_only_what_changed()
    {
        var meo = new FakeMeo();
        await using var server = await meo.Serve();
        await using var site = await SiteFixture.Start(new(BoundAddresses.Of(server).Grpc));

        await Eventually.Is(() => meo.Heartbeats.Count(h => h.Hosts.Count == 0) >= 3, "heartbeats without figures");
        var registered = meo.Registrations.Last();
        Assert.Equal("site-a", registered.SiteId);
        Assert.Equal(BoundAddresses.Of(site.Mepm).Grpc, registered.MepmAddress);
        Assert.NotEmpty(registered.Incarnation);

        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1));
        await Eventually.Is(() => meo.Heartbeats.Any(h => h.Hosts.Any(x => x.Used.MilliCpu == 100)), "what is used is told");
        await Eventually.Is(() => meo.Heartbeats.Last().Hosts.Count == 0, "and told once");
    }

    [Fact]
    public async Task A_platform_that_goes_or_comes_is_told_at_once_and_not_with_the_next_heartbeat()
    {
        var meo = new FakeMeo { Interval = TimeSpan.FromHours(1) };
        await using var server = await meo.Serve();
        await using var site = await SiteFixture.Start(new(BoundAddresses.Of(server).Grpc));
        bool? Healthy() => meo.Heartbeats.SelectMany(h => h.Hosts).LastOrDefault()?.Healthy ?? meo.Registrations.LastOrDefault()?.Hosts[0].Healthy;
        await Eventually.Is(() => Healthy() == true, "the MEO hears that the platform is there");

        site.Platform.GoAway();
        await Eventually.Is(() => Healthy() == false, "and that it is away");

        site.Platform.ComeBack();
        await Eventually.Is(() => Healthy() == true, "and that it is back");
    }

    [Fact]
    public async Task A_MEO_that_forgot_the_site_has_it_again_and_a_stop_is_no_leave()
    {
        var meo = new FakeMeo();
        await using var server = await meo.Serve();
        await using (var site = await SiteFixture.Start(new(BoundAddresses.Of(server).Grpc)))
        {
            await Eventually.Is(() => !meo.Heartbeats.IsEmpty, "it is registered");
            meo.KnowsSite = false;

            await Eventually.Is(() => meo.KnowsSite, "it registers again");
            var incarnations = meo.Registrations.Select(r => r.Incarnation).Distinct();
            Assert.Single(incarnations);
        }

        Assert.Empty(meo.Left);
    }

    [Fact]
    public async Task A_site_leaves_when_it_was_told_to_leave_on_stop()
    {
        var meo = new FakeMeo();
        await using var server = await meo.Serve();
        await using (var site = await SiteFixture.Start(new(BoundAddresses.Of(server).Grpc), o => o with { Registration = o.Registration with { LeaveOnStop = true } }))
        {
            await Eventually.Is(() => !meo.Heartbeats.IsEmpty, "it is registered");
        }

        Assert.Equal(["site-a"], meo.Left);
    }

    [Fact]
    public async Task Without_its_MEO_the_site_works_and_registers_when_the_MEO_is_back()
    {
        var meo = new FakeMeo();
        var port = DaemonProcess.FreePort();
        await using var site = await SiteFixture.Start(
            new($"http://127.0.0.1:{port}"), o => o with { Registration = new() { LongestPause = TimeSpan.FromMilliseconds(300) } });
        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1));
        await site.Until(AppInstance.Types.Phase.Steady, 1);

        await using var server = await meo.Serve(port);

        await Eventually.Is(() => !meo.Registrations.IsEmpty, "it registers");
    }

    [Fact]
    public async Task An_artifact_is_fetched_resumed_after_a_cut_and_checked()
    {
        var meo = new FakeMeo();
        await using var server = await meo.Serve();
        var content = RandomBytes(300_000);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        meo.Artifacts[sha256] = content;
        meo.CutAfter = 128 * 1024;
        await using var site = await SiteFixture.Start(new(BoundAddresses.Of(server).Grpc));

        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1, sha256: sha256));
        await site.Until(AppInstance.Types.Phase.Steady, 1);

        Assert.Equal([0L, 128 * 1024L], meo.Downloads.Select(d => d.Offset));

        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1, id: "second", sha256: sha256));
        await site.Until(AppInstance.Types.Phase.Steady, 1, "second");
        Assert.Equal(2, meo.Downloads.Count);
    }

    [Fact]
    public async Task A_fetch_that_takes_long_is_shown_and_keeps_nobody_else_waiting()
    {
        var meo = new FakeMeo();
        await using var server = await meo.Serve();
        var content = RandomBytes(200_000);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        meo.Artifacts[sha256] = content;
        meo.Hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var site = await SiteFixture.Start(new(BoundAddresses.Of(server).Grpc), o => o with { Loop = o.Loop with { Parallelism = 1 } });

        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1, sha256: sha256));
        await Eventually.Is(async () => (await site.Get())?.Conditions.FirstOrDefault()?.Reason == "IMAGE_PULLING", "it says so");
        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1, id: "other"));
        await site.Until(AppInstance.Types.Phase.Steady, 1, "other");

        meo.Hold.SetResult();
        await site.Until(AppInstance.Types.Phase.Steady, 1);
    }

    [Theory]
    [InlineData(true, "DIGEST_MISMATCH")]
    [InlineData(false, "ARTIFACT_UNKNOWN")]
    public async Task An_artifact_that_is_not_what_it_should_be_fails_the_instance(bool wrongContent, string reason)
    {
        var meo = new FakeMeo();
        await using var server = await meo.Serve();
        var sha256 = new string('a', 64);
        if (wrongContent)
        {
            meo.Artifacts[sha256] = RandomBytes(1000);
        }

        await using var site = await SiteFixture.Start(new(BoundAddresses.Of(server).Grpc));
        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1, sha256: sha256));

        var failed = await site.Until(AppInstance.Types.Phase.Failed, 1);
        Assert.Equal(reason, failed.Failure.Reason);
    }

    [Fact]
    public async Task An_artifact_over_the_limit_is_not_fetched()
    {
        var meo = new FakeMeo();
        await using var server = await meo.Serve();
        var content = RandomBytes(300_000);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        meo.Artifacts[sha256] = content;
        await using var site = await SiteFixture.Start(new(BoundAddresses.Of(server).Grpc), o => o with { Images = new() { MaxArtifactBytes = 1000 } });

        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1, sha256: sha256));

        var failed = await site.Until(AppInstance.Types.Phase.Failed, 1);
        Assert.Equal("ARTIFACT_TOO_LARGE", failed.Failure.Reason);
        Assert.Contains("1000", failed.Failure.Message, StringComparison.Ordinal);
    }

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        new Random(7).NextBytes(bytes);
        return bytes;
    }
}

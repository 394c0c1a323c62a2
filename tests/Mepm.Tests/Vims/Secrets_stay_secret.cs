using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Mano.Mepm.Hosts;
using Mano.Mepm.Tests.Grpc;
using Mano.Mesh.Failures;
using Mano.Mesh.Hosting;
using Mano.Site.V1;
using Mano.Testing;
using Microsoft.Extensions.DependencyInjection;
using static Mano.Mepm.Tests.Vims.Named_vims;

namespace Mano.Mepm.Tests.Vims;

/// <summary>A secret is looked for, byte by byte, wherever one could have got to.</summary>
public sealed class Secrets_stay_secret
{
    /// <summary>A range of addresses, so that an adapter takes it; nobody else writes it so.</summary>
    private const string Canary = "127.93.64.0/19";

    private const string Setting = "AddressRange";

    [Fact]
    public async Task No_file_answer_or_metric_of_a_site_has_a_secret_in_it()
    {
        await using var site = await SiteFixture.Start(change: NoHosts);
        var request = ASimulated();
        request.Secrets[Setting] = Canary;
        var said = new List<IMessage> { await site.Vims.AddVimAsync(request), await site.Vims.AddVimAsync(request) };
        await AddHost(site, "edge-1");
        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1));
        var instance = await site.Until(AppInstance.Types.Phase.Steady, 1);
        Assert.StartsWith("127.93.", instance.Endpoint.Address, StringComparison.Ordinal);

        said.AddRange([
            instance, await site.Vims.ListVimsAsync(new()), await site.Vims.TestVimAsync(new() { Name = "central" }), await site.Vims.TestVimAsync(new() { Untried = request }),
            await site.Vims.UpdateVimAsync(new() { Name = "central", Secrets = { [Setting] = Canary } }), await site.Vims.RotateKeyAsync(new()),
            await site.Client.GetSiteAsync(new()),
        ]);
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri(BoundAddresses.Of(site.Mepm).Http + "/metrics"));
        await site.StopMepm();

        Assert.All(said, m => Assert.DoesNotContain(Canary, m.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain(Canary, metrics, StringComparison.Ordinal);
        AssertInNoFile(site.Folder);
        await site.StartMepm(NoHosts);
        Assert.Equal([Setting], Assert.Single((await site.Vims.ListVimsAsync(new())).Vims).SecretsSet);
        await Eventually.Is(async () => (await site.Get())?.Endpoint?.Address == instance.Endpoint.Address, "the VIM works with it");
    }

    [Fact]
    public async Task An_adapter_that_says_a_secret_aloud_is_not_quoted()
    {
        await using var site = await SiteFixture.Start(change: NoHosts);
        const string wrong = "canary-which-is-no-range";
        var request = ASimulated();
        request.Secrets[Setting] = wrong;

        var tested = await site.Vims.AddVimAsync(request);
        request.SkipTest = true;
        var refused = await Refused(site.Vims.AddVimAsync(request));

        Assert.Null(tested.Vim);
        Assert.Contains("•••", tested.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(wrong, tested.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(wrong, refused.ToFailure() + refused.Status.Detail + string.Join(' ', refused.ToFailure().Faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_is_rotated_is_the_one_that_is_used_and_the_old_one_is_gone()
    {
        await using var site = await SiteFixture.Start(change: NoHosts);
        var request = ASimulated();
        request.Secrets[Setting] = "127.94.0.0/16";
        await site.Vims.AddVimAsync(request);
        await AddHost(site, "edge-1");

        var changed = await site.Vims.UpdateVimAsync(new() { Name = "central", Secrets = { [Setting] = Canary } });

        Assert.Equal("00:00:00.05", changed.Vim.Settings["BootTime"]);
        await site.Client.EnsureAppInstanceAsync(SiteFixture.Wanted(1));
        Assert.StartsWith("127.93.", (await site.Until(AppInstance.Types.Phase.Steady, 1)).Endpoint.Address, StringComparison.Ordinal);
        Assert.NotNull((await site.Vims.UpdateVimAsync(new() { Name = "central", Settings = { [Setting] = "" } })).Vim);
        Assert.Empty((await site.Vims.ListVimsAsync(new())).Vims[0].SecretsSet);
    }

    [Fact]
    public async Task Without_the_key_the_site_starts_and_says_which_secret_to_give_again()
    {
        await using var site = await SiteFixture.Start();
        var request = ASimulated();
        request.Secrets[Setting] = Canary;
        await site.Vims.AddVimAsync(request);
        await AddHost(site, "edge-2");
        await site.StopMepm();
        File.Delete(Path.Combine(site.Folder, "mepm.key"));
        await site.StartMepm();

        var vim = (await site.Vims.ListVimsAsync(new())).Vims.Single(v => v.Name == "central");
        Assert.Equal(Mano.Site.V1.Vim.Types.State.Faulty, vim.State);
        Assert.Contains("Give it again", vim.Fault, StringComparison.Ordinal);
        await site.Vims.UpdateVimAsync(new() { Name = "central", Secrets = { [Setting] = Canary } });

        await Eventually.Is(async () => (await site.Client.GetSiteAsync(new())).Site.Hosts.All(h => h.Healthy), "both hosts are healthy");
    }

    [Fact]
    public void A_host_flag_takes_a_secret_from_a_file_and_says_which_ones_were_in_plain()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("password"), Canary + "\n");

        var host = HostArgument.Parse($"id=e,zone=z,vim=V,platform=http://h:1,vim.Password=@{folder.File("password")},vim.User=@@me,vim.Token=abc");

        Assert.Equal((Canary, "@me", "abc"), (host.VimSettings["Password"], host.VimSettings["User"], host.VimSettings["Token"]));
        Assert.Equal(["Token"], host.SettingsInPlain);
        Assert.Contains("cannot be read", Assert.Throws<FormatException>(() => HostArgument.Parse("id=e,zone=z,vim=V,vim.Password=@/nowhere")).Message, StringComparison.Ordinal);
    }

    internal static void AssertInNoFile(string folder)
    {
        var needle = Encoding.UTF8.GetBytes(Canary);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            Assert.False(File.ReadAllBytes(file).AsSpan().IndexOf(needle) >= 0, $"the secret is in {file}");
        }
    }
}

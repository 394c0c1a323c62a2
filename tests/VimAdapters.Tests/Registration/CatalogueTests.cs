using Mano.Mesh.Failures;
using Mano.Testing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Registration;
using Mano.VimAdapters.Simulated;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Mano.VimAdapters.Tests.Registration;

public sealed class CatalogueTests
{
    private readonly VimAdapterCatalogue catalogue = new ServiceCollection().AddVimAdapters().BuildServiceProvider().GetRequiredService<VimAdapterCatalogue>();

    [Fact]
    public void An_unknown_adapter_is_refused_with_the_known_ones()
    {
        var refusal = Assert.Throws<FailureException>(() => catalogue.Create("OpenStac", Settings()));
        Assert.Equal("There is no VIM adapter 'OpenStac'; there are Kubernetes, LocalContainers, LocalProcess, OpenStack, Remote, Simulated.", refusal.Failure.Message);
    }

    [Fact]
    public async Task An_adapter_is_made_with_its_settings()
    {
        var vim = catalogue.Create("simulated", Settings(("BootTime", "00:00:05"), ("MilliCpu", "1234"), ("Zones:0", "z1"), ("Without:0", "Power")));
        Assert.Equal(1234, (await vim.GetCapacityAsync(default)).Total.MilliCpu);
        var capabilities = await vim.GetCapabilitiesAsync(default);
        Assert.Equal(["z1"], capabilities.Zones);
        Assert.False(capabilities.Has(VimCapability.Power));
        ((SimulatedVim)vim).Dispose();
    }

    [Fact]
    public void An_adapter_tells_its_settings_and_which_of_them_nobody_is_shown()
    {
        Assert.Contains(catalogue.SettingsOf("remote"), s => s is { Name: "Address", IsSecret: false, IsRequired: true, Type: "text", Description.Length: > 0 });
        Assert.Contains(catalogue.SettingsOf("Simulated"), s => s is { Name: "BootTime", IsSecret: false, IsRequired: false });
        var factory = new VimAdapterFactory<WithSecret>("x", _ => throw new NotSupportedException());
        Assert.Equal(("Password", true, false), Assert.Single(factory.Settings) is var only ? (only.Name, only.IsSecret, only.IsRequired) : default);
    }

    [Theory]
    [InlineData("Simulated", "BootTim", "1", "Known are BootTime")]
    [InlineData("Simulated", "BootTime", "soon", "BootTime")]
    [InlineData("Simulated", "FaultRate", "1.5", "FaultRate")]
    [InlineData("Simulated", "Script:0", "EnsureCompute:Explode", "'EnsureCompute:Explode' is refused")]
    [InlineData("Simulated", "AddressRange", "127.0.0.0/33", "'127.0.0.0/33' is no range")]
    [InlineData("LocalContainers", "Socket", "tcp://127.0.0.1:2375", "not a unix socket")]
    [InlineData("LocalContainers", "Owner", "Me/You", "[a-z0-9]")]
    [InlineData("LocalProcess", "Folder", "", "Folder")]
    [InlineData("LocalProcess", "AddressRange", "10.0.0.0/16", "not this machine's own")]
    [InlineData("LocalProcess", "MaxProcesses", "1", "MaxProcesses")]
    [InlineData("Remote", "Address", "", "Address")]
    [InlineData("Remote", "Address", "ftp://x", "http://")]
    public void A_wrong_setting_is_refused_and_named(string adapter, string name, string value, string told)
    {
        var refusal = Assert.Throws<FailureException>(() => catalogue.Create(adapter, Settings((name, value))));
        Assert.Equal(FailureKind.InvalidInput, refusal.Failure.Kind);
        Assert.Contains(told, refusal.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_wrong_setting_is_named_at_once()
    {
        var refusal = Assert.Throws<FailureException>(() => catalogue.Create("Simulated", Settings(("FaultRate", "2"), ("MilliCpu", "-1"), ("Script:0", "x"))));
        Assert.Equal(4, refusal.Failure.Faults.Count);
    }

    private static IConfiguration Settings(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).Build();

    private sealed record WithSecret
    {
        [Secret]
        public string Password { get; init; } = "";
    }
}

namespace Mano.MecPlatform.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--dns", "127.0.0.1")]
    [InlineData("--dns-upstream", "nowhere:53")]
    [InlineData("--gateway", "127.0.0.1:99999")]
    [InlineData("--frobnicate", "yes")]
    [InlineData("--dns-zone", "not..a.zone")]
    [InlineData("--mp1-access", "perhaps")]
    [InlineData("--callback-network", "10.0.0.0/99")]
    [InlineData("--transports", "no-such-file.json")]
    [InlineData("--dns-backend", "bind")]
    [InlineData("--dns-backend", "powerdns")]
    public async Task A_wrong_flag_or_value_is_refused_with_a_sentence_before_anything_starts(string flag, string value)
    {
        using var folder = new TempFolder();
        var data = folder.File("data");
        await using var child = ChildProcess.StartDotnet(DaemonProcess.Assembly("MecPlatform"), "--data", data, flag, value);
        Assert.Equal(2, await child.WaitForExit());
        Assert.Contains(child.Errors, line => line.Contains(flag, StringComparison.Ordinal) || line.Contains(value, StringComparison.Ordinal));
        Assert.False(Directory.Exists(data));
        Assert.Empty(child.Output);
    }

    [Fact]
    public async Task A_second_platform_on_the_same_folder_is_refused()
    {
        using var folder = new TempFolder();
        await using var first = await DaemonProcess.StartAsync("MecPlatform", "--data", folder.FullPath);
        await using var second = ChildProcess.StartDotnet(DaemonProcess.Assembly("MecPlatform"), "--data", folder.FullPath);
        Assert.Equal(1, await second.WaitForExit());
        Assert.NotEmpty(second.Errors);
        Assert.True(first.IsRunning);
    }

    [Theory]
    [InlineData("0.0.0.0:0", "192.0.2.7")]
    [InlineData("127.0.0.1:0", "127.0.0.1")]
    public async Task What_listens_on_every_address_is_told_with_the_advertised_host_and_nothing_else_is(string listen, string told)
    {
        using var folder = new TempFolder();
        await using var platform = await DaemonProcess.StartAsync(
            "MecPlatform", "--data", folder.FullPath, "--http", listen, "--dns", listen, "--gateway", listen, "--advertise", "http://192.0.2.7:7413");
        Assert.StartsWith($"http://{told}:", platform.Ready["mp1"], StringComparison.Ordinal);
        Assert.StartsWith($"{told}:", platform.Ready["dns"], StringComparison.Ordinal);
        Assert.StartsWith($"{told}:", platform.Ready["gateway"], StringComparison.Ordinal);
    }
}

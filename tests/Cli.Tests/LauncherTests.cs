using Mano.Testing;

namespace Mano.Cli.Tests;

public sealed class LauncherTests
{
    [Fact]
    public void Launcher_is_executable_and_beside_the_solution()
    {
        var mode = File.GetUnixFileMode(Path.Combine(Repository.Folder, "mano"));
        Assert.True(mode.HasFlag(UnixFileMode.UserExecute));
    }
}

using Mano.Testing;

namespace Mano.Cli.Tests;

/// <summary>The script that a newcomer meets first, in a folder that holds nothing else.</summary>
public sealed class LauncherTests
{
    [Fact]
    public async Task Without_a_right_SDK_it_says_which_is_needed_and_which_there_is()
    {
        using var folder = Copy();
        ScriptFile.Write(folder.File("sdk", "dotnet"), "[ \"$1\" = --list-sdks ] && { echo '8.0.100 [/x]'; exit 0; }; exit 1");
        var (code, error) = await Launch(folder.File("mano"), folder, ["version"]);
        Assert.Equal(69, code);
        Assert.Contains("needs the .NET SDK 10.0.100 or a newer 10.0 one", error, StringComparison.Ordinal);
        Assert.Contains("offers: 8.0.100", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_that_fails_shows_its_errors_and_is_tried_again_next_time()
    {
        using var folder = Copy();
        ScriptFile.Write(folder.File("sdk", "dotnet"), "[ \"$1\" = --version ] && exit 0; echo 'A.cs(1,2): error CS0001: no'; exit 1");
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var (code, error) = await Launch(folder.File("mano"), folder, ["version"]);
            Assert.Equal(70, code);
            Assert.Contains("building mano (first run takes about a minute)", error, StringComparison.Ordinal);
            Assert.Contains("error CS0001: no", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task It_builds_once_until_a_source_changes_also_through_a_link_and_from_elsewhere()
    {
        using var folder = Copy();
        ScriptFile.Write(folder.File("sdk", "dotnet"), $"""
            case $1 in
              --version) exit 0 ;;
              build) echo built >> {folder.File("builds")}; mkdir -p src/Cli/bin/Release/net10.0; touch src/Cli/bin/Release/net10.0/mano.dll ;;
              *) shift; echo "$@" >> {folder.File("runs")} ;;
            esac
            """);
        Directory.CreateDirectory(folder.File("bin"));
        File.CreateSymbolicLink(folder.File("bin", "mano"), "../mano");
        Assert.Equal(0, (await Launch(folder.File("mano"), folder, ["site", "list"])).Code);
        Assert.Equal(0, (await Launch(folder.File("bin", "mano"), folder, ["up"])).Code);
        Assert.Single(File.ReadAllLines(folder.File("builds")));
        Assert.Equal(["site list", "up"], File.ReadAllLines(folder.File("runs")));

        File.WriteAllText(folder.File("src", "Cli", "New.cs"), "");
        Assert.Equal(0, (await Launch(folder.File("mano"), folder, ["up"])).Code);
        Assert.Equal(2, File.ReadAllLines(folder.File("builds")).Length);
    }

    [Fact]
    public async Task Launches_at_the_same_time_build_once()
    {
        using var folder = Copy();
        ScriptFile.Write(folder.File("sdk", "dotnet"), $"""
            case $1 in
              --version) exit 0 ;;
              build) echo built >> {folder.File("builds")}; sleep 1; mkdir -p src/Cli/bin/Release/net10.0; touch src/Cli/bin/Release/net10.0/mano.dll ;;
            esac
            """);
        var codes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Launch(folder.File("mano"), folder, ["version"])));
        Assert.All(codes, c => Assert.Equal(0, c.Code));
        Assert.Single(File.ReadAllLines(folder.File("builds")));
    }

    [Fact]
    public async Task What_the_build_had_to_do_without_is_said_in_one_line()
    {
        using var folder = Copy();
        ScriptFile.Write(folder.File("sdk", "dotnet"), """
            case $1 in
              build) mkdir -p artifacts/ahead-of-time src/Cli/bin/Release/net10.0; echo 'not compiled ahead of time' > artifacts/ahead-of-time/note; touch src/Cli/bin/Release/net10.0/mano.dll ;;
            esac
            """);
        var (code, error) = await Launch(folder.File("mano"), folder, ["version"]);
        Assert.Equal(0, code);
        Assert.Contains("mano: not compiled ahead of time.", error.Split('\n'));
    }

    private static TempFolder Copy()
    {
        var folder = new TempFolder();
        File.Copy(Path.Combine(Repository.Folder, "mano"), folder.File("mano"));
        File.Copy(Path.Combine(Repository.Folder, "global.json"), folder.File("global.json"));
        Directory.CreateDirectory(folder.File("src", "Cli"));
        Directory.CreateDirectory(folder.File("sdk"));
        return folder;
    }

    private static async Task<(int Code, string Error)> Launch(string launcher, TempFolder folder, string[] arguments)
    {
        // Read and not executed itself: whoever forked while it was written has it open still.
        await using var process = ChildProcess.Start("bash", [launcher, .. arguments], new Dictionary<string, string> { ["DOTNET_ROOT"] = folder.File("sdk") });
        var code = await process.WaitForExit();
        return (code, string.Join('\n', process.Errors));
    }
}

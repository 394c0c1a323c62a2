using Mano.Testing;

namespace Mano.Cli.Tests;

/// <summary>src/AheadOfTime in a project that holds nothing else.</summary>
public sealed class AheadOfTimeTests
{
    [Fact]
    public async Task Where_the_compiler_is_not_to_be_had_a_build_goes_on_without_and_notes_why()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("src", "AheadOfTime"));
        foreach (var file in new[] { "Directory.Build.targets", "AheadOfTime/AheadOfTime.targets", "AheadOfTime/Compiler.proj" })
        {
            File.Copy(Path.Combine(Repository.Folder, "src", file), folder.File("src", file));
        }

        Write("NuGet.config", "<configuration><packageSources><clear /></packageSources></configuration>");
        Write("Directory.Build.props", "<Project><PropertyGroup><AheadOfTimeCompilerVersion>0.0.1</AheadOfTimeCompilerVersion><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>");
        Write("src/Small/Small.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        Write("src/Small/Small.cs", "public class Small;");
        var environment = new Dictionary<string, string> { ["NUGET_PACKAGES"] = folder.File("packages"), ["MSBUILDDISABLENODEREUSE"] = "1" };

        await using var process = ChildProcess.Start(
            "dotnet", ["build", folder.File("src", "Small", "Small.csproj"), "-c", "Release", "-v", "q", "-nologo", "-p:UseSharedCompilation=false"], environment);

        Assert.True(await process.WaitForExit() == 0, string.Join('\n', process.Output));
        Assert.DoesNotContain(process.Output, line => line.Contains("error", StringComparison.Ordinal) || line.Contains("warning", StringComparison.Ordinal));
        Assert.True(File.Exists(folder.File("src", "Small", "bin", "Release", "net10.0", "Small.dll")));
        Assert.Contains("is not to be had here", File.ReadAllText(folder.File("artifacts", "ahead-of-time", "note")), StringComparison.Ordinal);

        void Write(string file, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.File(file))!);
            File.WriteAllText(folder.File(file), text);
        }
    }
}

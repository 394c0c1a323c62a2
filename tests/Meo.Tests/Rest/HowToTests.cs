using System.Text;
using System.Text.RegularExpressions;
using Mano.Meo.Tests.World;
using Mano.Testing;

namespace Mano.Meo.Tests.Rest;

/// <summary>The commands of the guide do what it says.</summary>
public sealed class HowToTests
{
    private static readonly string Guide = Path.Combine(Repository.Folder, "docs", "how-to", "use-the-rest-api.md");

    [Fact]
    public async Task Every_command_of_the_guide_works_in_its_order()
    {
        using var folder = new TempFolder();
        await using var world = await RestWorld.Start();
        await File.WriteAllTextAsync(folder.File("my-app.csar"), MeoWorld.Descriptor("guide-d", 1, ""));
        var script = new StringBuilder($"set -euo pipefail\ncd '{folder.FullPath}'\nmeo={world.Meo.Http}\npackage=my-app.csar\n");
        foreach (Match block in Regex.Matches(await File.ReadAllTextAsync(Guide), @"^```sh\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline))
        {
            script.Append(block.Groups[1].Value);
        }

        await File.WriteAllTextAsync(folder.File("guide.sh"), script.ToString());
        await using var shell = ChildProcess.Start("bash", [folder.File("guide.sh")]);
        Assert.True(await shell.WaitForExit() == 0, string.Join('\n', shell.Output.Concat(shell.Errors)));
        Assert.Equal(100, new FileInfo(folder.File("part")).Length);
        Assert.Equal(4, (await world.Client.Get("/app_lcm/v1/app_lcm_op_occs?filter=(eq,operationState,COMPLETED)")).Json.GetArrayLength());
        Assert.Empty((await world.Client.Get("/app_pkgm/v1/app_packages")).Json.EnumerateArray());
    }
}

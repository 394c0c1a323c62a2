using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Simulated;

namespace Mano.VimAdapters.Tests.Processes;

/// <summary>A simulated VIM that makes, stops, starts and deletes computes without end and says each thing it was told, to be killed at any instant.</summary>
internal static class Simulate
{
    public static SimulatedVimOptions Options(string folder, int compactAfter) => new()
    {
        Folder = folder, BootTime = TimeSpan.FromMilliseconds(1), CompactAfter = compactAfter,
    };

    public static async Task<int> RunAsync(string folder, int compactAfter)
    {
        using var vim = new SimulatedVim(Options(folder, compactAfter), TimeProvider.System);
        var image = ImageSource.FromName("simulate:1");
        await vim.EnsureImageAsync(image, default);
        Console.WriteLine("ready");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => LivesAsync(vim, $"sim-{i}", image.Image)));
        return 0;
    }

    private static async Task LivesAsync(SimulatedVim vim, string id, ImageReference image)
    {
        var spec = new ComputeSpec { Name = id, Images = [image], Resources = new(100, 64, 0), Labels = new("default", id) };
        var number = TimeProvider.System.GetUtcNow().Ticks;
        while (true)
        {
            await vim.EnsureComputeAsync(id, ++number, spec, default);
            Say(id, number, exists: true);
            await vim.SetPowerStateAsync(id, ++number, PowerState.Stopped, default);
            Say(id, number, exists: true);
            await vim.DeleteComputeIfAnyAsync(id, ++number, default);
            Say(id, number, exists: false);
        }
    }

    private static void Say(string id, long number, bool exists) => Console.WriteLine($"{id} {number} {exists}");
}

using System.Globalization;
using Mano.VimAdapters.Tests.Processes;

return args switch
{
    ["churn", var folder, var range, var image] => await Churn.RunAsync(folder, range, image),
    ["conform", var folder, var range] => await Conform.RunAsync(folder, range),
    ["simulate", var folder, var compactAfter] => await Simulate.RunAsync(folder, int.Parse(compactAfter, CultureInfo.InvariantCulture)),
    _ => throw new ArgumentException("simulate FOLDER LINES, churn FOLDER RANGE IMAGE, or conform FOLDER RANGE"),
};

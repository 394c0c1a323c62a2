using Mano.VimAdapters.Tests.Processes;

return args switch
{
    ["churn", var folder, var range, var image] => await Churn.RunAsync(folder, range, image),
    ["conform", var folder, var range] => await Conform.RunAsync(folder, range),
    _ => throw new ArgumentException("churn FOLDER RANGE IMAGE, or conform FOLDER RANGE"),
};

using System.Text;
using Mano.Packages.Csar;
using Mano.Packages.Documents;

namespace Mano.Packages.Building;

/// <summary>What TOSCA.meta of the folder names.</summary>
internal sealed record FolderLayout(string Definitions, string Manifest)
{
    private const string MetaPath = "TOSCA-Metadata/TOSCA.meta";

    internal static FolderLayout? Find(FolderFiles files, FaultList faults)
    {
        var at = new Place(MetaPath, "", 0);
        if (!files.Has(MetaPath))
        {
            faults.Error("missing-file", at, "The folder has no TOSCA-Metadata/TOSCA.meta; it names the descriptor (Entry-Definitions) and the manifest (ETSI-Entry-Manifest).");
            return null;
        }

        var meta = MetaFile.Read(Encoding.UTF8.GetString(files.Content(MetaPath)), at, faults);
        var definitions = meta.Find("Entry-Definitions");
        var manifest = meta.Find("ETSI-Entry-Manifest");
        if (definitions is null)
        {
            faults.Error("missing-attribute", at with { Path = "Entry-Definitions" }, "TOSCA.meta does not name the descriptor: Entry-Definitions is missing.");
        }
        else if (!files.Has(definitions.Value.Value))
        {
            faults.Error("missing-file", at with { Path = "Entry-Definitions", Line = definitions.Value.Line }, $"Entry-Definitions names {definitions.Value.Value}, which the folder does not have.");
        }

        if (manifest is null)
        {
            faults.Error("missing-attribute", at with { Path = "ETSI-Entry-Manifest" }, "TOSCA.meta does not name the manifest: ETSI-Entry-Manifest is missing (the file itself is made here).");
        }

        return faults.HasErrors ? null : new(definitions!.Value.Value, manifest!.Value.Value);
    }
}

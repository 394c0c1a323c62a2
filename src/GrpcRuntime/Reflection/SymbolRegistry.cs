using Google.Protobuf.Reflection;

namespace Grpc.Reflection;

/// <summary>Descriptors by file name and by the full name of what the files declare.</summary>
public class SymbolRegistry
{
    private readonly Dictionary<string, FileDescriptor> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<int, FileDescriptor>> _extensions = new(StringComparer.Ordinal);

    private SymbolRegistry()
    {
    }

    /// <summary>A registry of these files and all they import.</summary>
    public static SymbolRegistry FromFiles(IEnumerable<FileDescriptor> fileDescriptors)
    {
        ArgumentNullException.ThrowIfNull(fileDescriptors);
        var registry = new SymbolRegistry();
        foreach (var file in fileDescriptors)
        {
            registry.Add(file);
        }

        return registry;
    }

    /// <summary>The file of that name, or null.</summary>
    public FileDescriptor? FileByName(string filename) => _files.GetValueOrDefault(filename);

    /// <summary>The file that declares a symbol, or null.</summary>
    public FileDescriptor? FileContainingSymbol(string symbol) => _symbols.GetValueOrDefault(symbol);

    internal FileDescriptor? FileContainingExtension(string type, int number) =>
        _extensions.TryGetValue(type, out var numbers) ? numbers.GetValueOrDefault(number) : null;

    internal IEnumerable<int>? ExtensionNumbersOf(string type) =>
        _extensions.TryGetValue(type, out var numbers) ? numbers.Keys : _symbols.ContainsKey(type) ? [] : null;

    private void Add(FileDescriptor file)
    {
        if (!_files.TryAdd(file.Name, file))
        {
            return;
        }

        foreach (var service in file.Services)
        {
            _symbols[service.FullName] = file;
            foreach (var method in service.Methods)
            {
                _symbols[method.FullName] = file;
            }
        }

        foreach (var message in file.MessageTypes)
        {
            Add(message);
        }

        foreach (var type in file.EnumTypes)
        {
            Add(type);
        }

        AddExtensions(file.Extensions.UnorderedExtensions, file);
        foreach (var import in file.Dependencies)
        {
            Add(import);
        }
    }

    private void Add(MessageDescriptor message)
    {
        _symbols[message.FullName] = message.File;
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            _symbols[field.FullName] = message.File;
        }

        foreach (var oneof in message.Oneofs)
        {
            _symbols[$"{message.FullName}.{oneof.Name}"] = message.File;
        }

        foreach (var nested in message.NestedTypes)
        {
            Add(nested);
        }

        foreach (var type in message.EnumTypes)
        {
            Add(type);
        }

        AddExtensions(message.Extensions.UnorderedExtensions, message.File);
    }

    private void Add(EnumDescriptor type)
    {
        _symbols[type.FullName] = type.File;
        foreach (var value in type.Values)
        {
            _symbols[value.FullName] = type.File;
        }
    }

    private void AddExtensions(IEnumerable<FieldDescriptor> extensions, FileDescriptor file)
    {
        foreach (var extension in extensions)
        {
            _symbols[extension.FullName] = file;
            var extended = extension.ExtendeeType.FullName;
            if (!_extensions.TryGetValue(extended, out var numbers))
            {
                _extensions[extended] = numbers = [];
            }

            numbers[extension.FieldNumber] = file;
        }
    }
}

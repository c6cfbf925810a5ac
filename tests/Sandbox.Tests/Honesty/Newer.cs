using System.Reflection;

namespace Connect.Sandbox.Tests.Honesty;

/// <summary>Where the sandbox knowingly differs from what it is compared with: one line each in a file here, with the reason behind a bar.</summary>
public sealed class Newer
{
    private readonly Dictionary<string, string> _reasons;

    private Newer(Dictionary<string, string> reasons) => _reasons = reasons;

    /// <summary>Reads one of the files beside this class.</summary>
    public static Newer Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Connect.Sandbox.Tests.Honesty.{name}")!;
        using var reader = new StreamReader(stream);
        return new Newer(reader.ReadToEnd().Split('\n').Where(line => line.Contains('|', StringComparison.Ordinal))
            .Select(line => line.Split('|', 2)).ToDictionary(line => line[0].Trim(), line => line[1].Trim()));
    }

    /// <summary>Fails for what was found and is not in the file, for what is in the file and was not found, and for a line without a reason.</summary>
    public void MustExplain(IEnumerable<string> found)
    {
        var all = found.ToHashSet();
        var wrong = all.Except(_reasons.Keys).Select(one => $"not explained: {one}")
            .Concat(_reasons.Keys.Except(all).Select(one => $"explained, but not so any more: {one}"))
            .Concat(_reasons.Where(line => line.Value.Length < 10).Select(line => $"no reason: {line.Key}"));
        var text = string.Join('\n', wrong.Order());
        Assert.True(text.Length == 0, text);
    }
}

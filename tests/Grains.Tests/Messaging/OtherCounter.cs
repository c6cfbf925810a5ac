using System.Globalization;
using System.Text;
using Connect.Testing;

namespace Connect.Grains.Tests.Messaging;

/// <summary>Somebody else's part counter, the npm package <c>sms-segments-calculator</c>, which counts as carriers do.</summary>
internal static class OtherCounter
{
    /// <summary>Counts texts in one process of its own.</summary>
    public static async Task<Counted[]> Count(IReadOnlyList<string> texts)
    {
        var modules = await NpmPackages.InstallAsync(typeof(OtherCounter).Assembly);
        var script = Path.Combine(modules, "..", "..", "..", "npm", "count.js");
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(file, texts.Select(text => Convert.ToBase64String(Units(text))), new UTF8Encoding(false));
            var answers = (await NpmPackages.RunAsync("node", [script, modules, file], modules)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return [.. answers.Select(Read)];
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static byte[] Units(string text) => [.. text.SelectMany(unit => BitConverter.GetBytes(unit))];

    private static Counted Read(string line)
    {
        var words = line.Split(' ');
        return new(words[0] == "UCS-2", int.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[2], CultureInfo.InvariantCulture));
    }
}

/// <summary>What a counter says of a text.</summary>
internal readonly record struct Counted(bool Unicode, int Units, int Parts);

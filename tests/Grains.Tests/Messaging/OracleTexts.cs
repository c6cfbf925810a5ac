using System.Text;

namespace Connect.Grains.Tests.Messaging;

/// <summary>Texts to count: every single UTF-16 unit, every border of a part with every kind of character on it, and random mixtures.</summary>
internal static class OracleTexts
{
    private const string Extension = "\f^{}\\[~]|€";

    private static readonly string[] Gsm = ["a", "Z", "7", " ", "@", "é", "Ω", "\n", "\r", "\r\n", "ß", "¿"];
    private static readonly string[] Unicode = ["я", "ç", "“", "…", "—", "\u00a0", "漢", "`", "\t", "\u2028"];
    private static readonly string[] Pairs = ["😀", "𝔘", "𐍈", "🍸", "\U0010ffff"];
    private static readonly string[] Clusters = ["e\u0301", "👩‍🍳", "🇦🇺", "👍🏽", "1\ufe0f\u20e3", "न\u093f", "각", "a\u0300\u0323\u0331", "❤\ufe0f"];

    /// <summary>The texts of a seed.</summary>
    public static List<string> Of(int seed)
    {
        var chance = new Random(seed);
        var texts = new List<string> { "" };
        texts.AddRange(Enumerable.Range(0, 65_536).Select(unit => "x" + (char)unit));
        foreach (var border in new[] { 153, 160, 306, 459 })
            texts.AddRange(Around(border, 'a', [0, 151, 152], [.. Gsm, .. Extension.Select(character => character.ToString())]));
        foreach (var border in new[] { 67, 70, 134, 201, 210 })
            texts.AddRange(Around(border, 'я', [0, 66, 67], [.. Unicode, .. Pairs, .. Clusters, "a", "€"]));
        string[] extension = [.. Extension.Select(character => character.ToString())];
        for (var times = 0; times < 2_500; times++)
        {
            texts.Add(Mixed(chance, 220, Gsm));
            texts.Add(Mixed(chance, 220, [.. Gsm, .. extension]));
            texts.Add(Mixed(chance, 160, [.. Gsm, .. extension, .. Unicode]));
            texts.Add(Mixed(chance, 160, [.. Gsm, .. Unicode, .. Pairs]));
            texts.Add(Mixed(chance, 160, [.. Gsm, .. Unicode, .. Pairs, .. Clusters]));
        }

        for (var times = 0; times < 5; times++)
            texts.Add(Mixed(chance, 3_000, [.. Gsm, .. extension, .. Pairs]));
        return texts;
    }

    private static IEnumerable<string> Around(int border, char fill, int[] afterwards, string[] characters) =>
        from character in characters
        from before in Enumerable.Range(border - 2, 3)
        from after in afterwards
        select new string(fill, before) + character + new string(fill, after);

    private static string Mixed(Random chance, int most, string[] characters)
    {
        var text = new StringBuilder();
        for (var left = chance.Next(most); left > 0; left--)
            text.Append(characters[chance.Next(characters.Length)]);
        return text.ToString();
    }
}

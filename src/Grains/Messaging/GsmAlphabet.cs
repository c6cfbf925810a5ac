namespace Connect.Grains.Messaging;

/// <summary>The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038, section 6.2.1).</summary>
public static class GsmAlphabet
{
    /// <summary>The characters that take one septet.</summary>
    public const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    /// <summary>The characters that take two septets: an escape and one of the extension table.</summary>
    public const string Extension = "\f^{}\\[~]|€";

    // Indexed by character up to the last of the alphabet, the euro sign; 0 means outside.
    private static readonly byte[] SeptetsByCharacter = Table();

    /// <summary>Septets that a character takes: 1, 2, or 0 if it is outside the alphabet.</summary>
    public static int Septets(char character) => character < SeptetsByCharacter.Length ? SeptetsByCharacter[character] : 0;

    private static byte[] Table()
    {
        var table = new byte['€' + 1];
        foreach (var character in Basic)
            table[character] = 1;
        foreach (var character in Extension)
            table[character] = 2;
        return table;
    }
}

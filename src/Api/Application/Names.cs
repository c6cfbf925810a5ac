namespace Connect.Api.Application;

/// <summary>What ids and names in addresses may look like; so nothing odd ever becomes part of a grain key.</summary>
public static class Names
{
    /// <summary>Whether a text is an id: 1 to 64 of A-Z, a-z, 0-9, '-' and '_'.</summary>
    public static bool IsId(string? text) =>
        text is { Length: >= 1 and <= 64 } && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');
}

using Connect.Messaging;

namespace Connect.Silo.Storage;

/// <summary>The words for opt-outs in the database; they never change.</summary>
internal static class OptOutText
{
    private const string Reply = "reply";
    private const string Person = "person";

    /// <summary>The word of a source.</summary>
    public static string Source(OptOutSource source) => source switch
    {
        OptOutSource.Reply => Reply,
        OptOutSource.Person => Person,
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, null),
    };

    /// <summary>The source of a word.</summary>
    public static OptOutSource ParseSource(string word) => word switch
    {
        Reply => OptOutSource.Reply,
        Person => OptOutSource.Person,
        _ => throw new FormatException($"No source of an opt-out is called '{word}'."),
    };
}

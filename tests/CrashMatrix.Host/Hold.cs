namespace Connect.CrashMatrix.Host;

/// <summary>From now on the account's steps are counted and, where it says so, held.</summary>
/// <param name="Account">The account.</param>
/// <param name="After">The step, by name and number, after which nothing more of the account is carried out; <see cref="Steps.Nothing"/> for the very first; null for never.</param>
/// <param name="AfterCount">The same by count: after so many steps, whatever they are; null for never.</param>
/// <param name="Cut">Instead of holding the account there, the step fails once: <c>before</c> it is carried out, or <c>after</c>, when only its answer is lost.</param>
internal sealed record Hold(string Account, string? After, int? AfterCount, string? Cut);

/// <summary>What becomes of a step.</summary>
internal enum Passage
{
    /// <summary>It is carried out.</summary>
    Open,

    /// <summary>It is not carried out and never answered.</summary>
    Closed,

    /// <summary>It is carried out and never answered, and nothing follows.</summary>
    Last,

    /// <summary>It is not carried out, and fails.</summary>
    CutBefore,

    /// <summary>It is carried out, and fails.</summary>
    CutAfter,
}

/// <summary>How far an account has come.</summary>
/// <param name="Account">The account.</param>
/// <param name="Held">Whether it has come to its point: it stands still there, or its answer was cut.</param>
/// <param name="Steps">The steps carried out, in order.</param>
internal sealed record Progress(string Account, bool Held, string[] Steps);

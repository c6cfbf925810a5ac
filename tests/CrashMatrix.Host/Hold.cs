namespace Connect.CrashMatrix.Host;

/// <summary>From now on the account's steps are counted and, where it says so, held.</summary>
/// <param name="Account">The account.</param>
/// <param name="After">The step, by name and number, after which nothing more of the account is carried out; <see cref="Steps.Nothing"/> for the very first; null for never.</param>
/// <param name="AfterCount">The same by count: after so many steps, whatever they are; null for never.</param>
internal sealed record Hold(string Account, string? After, int? AfterCount);

/// <summary>How far an account has come.</summary>
/// <param name="Account">The account.</param>
/// <param name="Held">Whether it has come to its point and stands still there.</param>
/// <param name="Steps">The steps carried out, in order.</param>
internal sealed record Progress(string Account, bool Held, string[] Steps);

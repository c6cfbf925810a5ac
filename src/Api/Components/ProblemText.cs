using Connect.Api.Problems;

namespace Connect.Api.Components;

/// <summary>Problems in the words of a page. Most carry their sentence already; those that speak to programs get one for people.</summary>
internal static class ProblemText
{
    /// <summary>What happened, whether money moved, and what to do.</summary>
    public static string For(Problem problem) => problem.Type switch
    {
        "account-unavailable" => "Your account can not be reached just now. Nothing is lost and nothing happens twice; try again in a moment.",
        "internal-error" => $"This is our fault and has been noted. Nothing happens twice if you try again. Reference: {problem.More.GetValueOrDefault("reference")}",
        "precondition-failed" => "Somebody else changed these settings while you were looking. They are shown as they are now; change them and save again.",
        "sign-in-required" => "Your session has ended. Sign in again.",
        "price-changed" => "The price you were shown no longer holds, so nothing was charged. Here is the price now: check it and buy again.",
        "operation-id-reused" => "This was already done with other content. Reload the page to see it.",
        _ => problem.Detail,
    };
}

namespace Connect.Sandbox.Stripe;

/// <summary>What a hosted page answers: HTML, or the next address.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Html">The page, or null for a redirect.</param>
/// <param name="Location">The next address, or null for a page.</param>
internal sealed record PageAnswer(int Status, string? Html, string? Location)
{
    /// <summary>A page.</summary>
    public static PageAnswer Page(string html, int status = StatusCodes.Status200OK) => new(status, html, null);

    /// <summary>The next address, to be fetched with GET.</summary>
    public static PageAnswer Go(string location) => new(StatusCodes.Status303SeeOther, null, location);

    /// <summary>A page with nothing to do on it.</summary>
    public static PageAnswer Nothing(string title, string text, int status) => Page(PageHtml.Page(title, $"<p>{PageHtml.Text(text)}</p>"), status);
}

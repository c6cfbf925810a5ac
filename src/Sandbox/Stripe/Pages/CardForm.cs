using System.Globalization;

namespace Connect.Sandbox.Stripe;

/// <summary>What a person typed into the card page.</summary>
/// <param name="Number">Card number, with or without spaces.</param>
/// <param name="Expiry">Month and year, for example <c>04 / 29</c>.</param>
/// <param name="Cvc">Security code.</param>
/// <param name="Name">Name on the card.</param>
internal sealed record CardForm(string Number, string Expiry, string Cvc, string Name)
{
    /// <summary>Nothing typed yet.</summary>
    public static CardForm Empty { get; } = new("", "", "", "");

    /// <summary>Reads the page's form.</summary>
    public static CardForm Of(IFormCollection form) =>
        new(form["number"].ToString().Trim(), form["expiry"].ToString().Trim(), form["cvc"].ToString().Trim(), form["name"].ToString().Trim());

    /// <summary>The first field that is not filled in as it must be, with a sentence about it, or null.</summary>
    public (string Field, string Message)? Problem() => this switch
    {
        { Number: "" } => ("number", "Enter the card number."),
        _ when Date() is null => ("expiry", "Enter the expiry date as month and year, for example 04 / 29."),
        { Cvc: "" } => ("cvc", "Enter the security code from the back of the card."),
        { Name: "" } => ("name", "Enter the name on the card."),
        _ => null,
    };

    /// <summary>Month and year of the expiry, or null when they can not be read.</summary>
    public (int Month, int Year)? Date()
    {
        var parts = Expiry.Split('/', '-', ' ').Where(part => part.Length > 0).ToArray();
        if (parts is [{ Length: 4 } joined])
            parts = [joined[..2], joined[2..]];
        return parts is [var month, { Length: 2 or 4 } year]
            && int.TryParse(month, NumberStyles.None, CultureInfo.InvariantCulture, out var m)
            && int.TryParse(year, NumberStyles.None, CultureInfo.InvariantCulture, out var y)
            && m is >= 1 and <= 12
            ? (m, y)
            : null;
    }

    /// <summary>The page, with what was typed and what is wrong with it. The security code has to be typed again.</summary>
    /// <param name="cancelUrl">Where the cancel link leads, or null for none.</param>
    /// <param name="field">The field at fault, or null for none or all.</param>
    /// <param name="message">What is wrong, or null.</param>
    public string Html(string? cancelUrl, string? field, string? message)
    {
        var error = message is null ? "" : $"""<p class="error" id="error" role="alert">{PageHtml.Text(message)}</p>""";
        var cancel = cancelUrl is null ? "" : $"""<p><a id="cancel" href="{PageHtml.Text(cancelUrl)}">Cancel and go back</a></p>""";
        return PageHtml.Page("Add a card", $"""
            <p class="note">Stripe sandbox: no real card is charged. Use a test card, for example 4242 4242 4242 4242.</p>
            {error}
            <form method="post" novalidate>
            {Input("number", "Card number", Number, "cc-number", "numeric", field)}
            <div class="row">
            <div>{Input("expiry", "Expiry (MM / YY)", Expiry, "cc-exp", "numeric", field)}</div>
            <div>{Input("cvc", "Security code", "", "cc-csc", "numeric", field)}</div>
            </div>
            {Input("name", "Name on card", Name, "cc-name", "text", field)}
            <button type="submit">Save card</button>
            </form>
            {cancel}
            """);
    }

    private static string Input(string name, string label, string value, string autocomplete, string mode, string? faulty)
    {
        var state = name == faulty ? """ aria-invalid="true" aria-describedby="error" autofocus""" : "";
        return $"""
            <label for="{name}">{label}</label>
            <input id="{name}" name="{name}" value="{PageHtml.Text(value)}" autocomplete="{autocomplete}" inputmode="{mode}" required{state}>
            """;
    }
}

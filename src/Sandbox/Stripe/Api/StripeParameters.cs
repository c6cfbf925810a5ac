using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Connect.Sandbox.Stripe;

/// <summary>
/// The parameters of a request, form-encoded as Stripe's clients write them: <c>metadata[k]=v</c>, <c>expand[0]=x</c>, <c>created[gte]=1</c>.
/// What an operation never read is unknown to it, and <see cref="RefuseUnknown()"/> says so.
/// </summary>
internal sealed class StripeParameters
{
    private readonly Node _root;
    private readonly string _name;

    private StripeParameters(Node root, string name) => (_root, _name) = (root, name);

    /// <summary>No parameters.</summary>
    public static StripeParameters None => Parse("", "");

    /// <summary>A digest of all names and values, the same for every order they came in. Not the text itself, which may hold a card number.</summary>
    public string Digest { get; private init; } = "";

    /// <summary>Reads a form body and a query.</summary>
    public static StripeParameters Parse(string body, string query)
    {
        var pairs = Pairs(query.TrimStart('?')).Concat(Pairs(body)).ToList();
        var root = new Node();
        foreach (var (name, value) in pairs)
            Add(root, name, value);
        var canonical = string.Join('&', pairs.Select(pair => $"{WebUtility.UrlEncode(pair.Name)}={WebUtility.UrlEncode(pair.Value)}").Order(StringComparer.Ordinal));
        return new(root, "") { Digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))) };
    }

    /// <summary>A text as it came, or null; this does not count as reading it.</summary>
    public string? Peek(string name) => _root.Children.GetValueOrDefault(name)?.Value;

    /// <summary>A text that must be there.</summary>
    public string Required(string name) => Text(name) ?? throw MissingParameter(name);

    /// <summary>A whole number that must be there.</summary>
    public long RequiredInteger(string name) => Integer(name) ?? throw MissingParameter(name);

    /// <summary>A text, or null when it was not given. Empty is refused.</summary>
    public string? Text(string name)
    {
        if (Take(name) is not { } node)
            return null;
        if (node.Value is null)
            throw StripeRefusal.Invalid("parameter_invalid_string_blank", $"Invalid string: {Full(name)}", Full(name));
        return node.Value.Length > 0
            ? node.Value
            : throw StripeRefusal.Invalid("parameter_invalid_empty", $"You passed an empty string for '{Full(name)}', which cannot be unset.", Full(name));
    }

    /// <summary>The value after the request: as given, null when given empty, <paramref name="current"/> when not given.</summary>
    public string? Change(string name, string? current)
    {
        _root.Asked.Add(name);
        if (!_root.Children.TryGetValue(name, out var node))
            return current;
        node.Read = true;
        return string.IsNullOrEmpty(node.Value) ? null : node.Value;
    }

    /// <summary>A text that must be one of <paramref name="allowed"/>, or null when it was not given.</summary>
    public string? OneOf(string name, params string[] allowed) => Text(name) is not { } value ? null
        : allowed.Contains(value, StringComparer.Ordinal) ? value
        : throw StripeRefusal.Invalid(null, $"Invalid {Full(name)}: must be one of {string.Join(", ", allowed)}", Full(name));

    /// <summary>As <see cref="Change"/>, for a value that must be one of <paramref name="allowed"/>.</summary>
    public string? ChangeOneOf(string name, string? current, params string[] allowed) =>
        _root.Children.TryGetValue(name, out var node) && node.Value is not "" ? OneOf(name, allowed) : Change(name, current);

    /// <summary>A whole number, or null when it was not given.</summary>
    public long? Integer(string name) => Text(name) is not { } value ? null
        : long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw StripeRefusal.Invalid("parameter_invalid_integer", $"Invalid integer: {value}", Full(name));

    /// <summary>true or false, or null when it was not given.</summary>
    public bool? Flag(string name) => Text(name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var value => throw StripeRefusal.Invalid(null, $"Invalid boolean: {value}", Full(name)),
    };

    /// <summary>The parameters below a name, or null when there are none.</summary>
    public StripeParameters? Group(string name) => Take(name) is { Children.Count: > 0 } node ? new(node, Full(name)) : null;

    /// <summary>A list of texts, or null when it was not given.</summary>
    public IReadOnlyList<string>? Texts(string name)
    {
        if (Group(name) is not { } group)
            return null;
        return [.. group._root.Children.Keys.ToList().Select(group.Required)];
    }

    /// <summary>The metadata after the request: given keys are set, keys given empty are removed, an empty <c>metadata</c> removes all.</summary>
    public Dictionary<string, string> Metadata(Dictionary<string, string> current)
    {
        const string name = "metadata";
        _root.Asked.Add(name);
        if (!_root.Children.TryGetValue(name, out var node))
            return current;
        node.Read = true;
        if (node.Value is "")
            return [];
        var result = new Dictionary<string, string>(current);
        foreach (var (key, child) in node.Children)
        {
            child.Read = true;
            if (child.Value is null || key.Length > 40 || child.Value.Length > 500)
                throw StripeRefusal.Invalid(null, "Metadata keys have up to 40 characters and values up to 500, without nesting.", $"{Full(name)}[{key}]");
            if (child.Value.Length == 0)
                result.Remove(key);
            else
                result[key] = child.Value;
        }

        return result.Count <= 50 ? result : throw StripeRefusal.Invalid(null, "Metadata can have up to 50 keys.", Full(name));
    }

    /// <summary>Refuses the first parameter that nothing has read.</summary>
    public void RefuseUnknown() => RefuseUnknown(_root, _name);

    private static void RefuseUnknown(Node node, string path)
    {
        foreach (var (name, child) in node.Children)
        {
            var full = path.Length == 0 ? name : $"{path}[{name}]";
            if (!child.Read)
                throw StripeRefusal.Invalid("parameter_unknown", $"Received unknown parameter: {full}. Known here: {string.Join(", ", node.Asked)}.", full);
            RefuseUnknown(child, full);
        }
    }

    private static IEnumerable<(string Name, string Value)> Pairs(string text) => text
        .Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(part => part.Split('=', 2))
        .Select(part => (WebUtility.UrlDecode(part[0]), part.Length == 2 ? WebUtility.UrlDecode(part[1]) : ""));

    private static void Add(Node root, string name, string value)
    {
        var node = root;
        foreach (var segment in name.Split('['))
        {
            var key = segment.TrimEnd(']');
            if (key.Length == 0)
                key = node.Children.Count.ToString(CultureInfo.InvariantCulture);
            if (!node.Children.TryGetValue(key, out var child))
                node.Children[key] = child = new Node();
            node = child;
        }

        node.Value = value;
    }

    private Node? Take(string name)
    {
        _root.Asked.Add(name);
        if (!_root.Children.TryGetValue(name, out var node))
            return null;
        node.Read = true;
        return node;
    }

    private string Full(string name) => _name.Length == 0 ? name : $"{_name}[{name}]";

    private StripeRefusal MissingParameter(string name) =>
        StripeRefusal.Invalid("parameter_missing", $"Missing required param: {Full(name)}.", Full(name));

    private sealed class Node
    {
        public string? Value { get; set; }

        public bool Read { get; set; }

        /// <summary>The names that the operation looked for.</summary>
        public SortedSet<string> Asked { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, Node> Children { get; } = new(StringComparer.Ordinal);
    }
}
